"use strict";
(() => {
  const themes = ["auto", "light", "dark"];
  const root = document.documentElement;
  const button = document.getElementById("theme");
  let theme = "auto";

  function show(name) {
    theme = name;
    if (name === "auto") delete root.dataset.theme;
    else root.dataset.theme = name;
    button.textContent = "Theme: " + name;
  }

  button.hidden = false;
  button.addEventListener("click", () => show(themes[(themes.indexOf(theme) + 1) % themes.length]));
})();
