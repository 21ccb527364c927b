"use strict";
// The page's own script: the theme, and the plots drawn by uPlot from the data in #charts.
(() => {
  const root = document.documentElement;
  const byId = (id) => document.getElementById(id);
  const data = byId("charts") ? JSON.parse(byId("charts").textContent) : { plots: [] };
  const plots = []; // {u, spec, box, legend, time}

  // ---- numbers and instants, as the rest of the page writes them

  const digits = (x, n) => {
    if (x === 0) return "0";
    const decimals = Math.min(12, Math.max(0, n - 1 - Math.floor(Math.log10(Math.abs(x)))));
    return x.toLocaleString("en-US", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  };
  const trim = (text) => text.includes(".") ? text.replace(/\.?0+$/, "") : text;
  const inSeconds = (x, number) => {
    const a = Math.abs(x);
    if (a === 0) return "0 s";
    if (a < 0.9995e-3) return number(x * 1e6) + " µs";
    if (a < 0.9995) return number(x * 1e3) + " ms";
    return number(x) + " s";
  };
  const write = (x, unit, number) => {
    switch (unit) {
      case "seconds": return inSeconds(x, number);
      case "share": return trim(number(x * 100)) + " %";
      case "per second": return number(x) + "/s";
    }
    return number(x);
  };
  const exact = (x, unit) => x == null ? "–" : write(x, unit, (v) => Number.isInteger(v) ? v.toLocaleString("en-US") : digits(v, 3));
  const tick = (x, unit) => write(x, unit, (v) => trim(digits(v, 3)));
  const clock = (s) => {
    const whole = Math.floor(s + 1e-6), pad = (n) => String(n).padStart(2, "0");
    const h = Math.floor(whole / 3600), m = Math.floor(whole / 60) % 60;
    const rest = s - whole > 1e-3 ? (s - whole).toFixed(1).slice(1) : "";
    return (h ? h + ":" + pad(m) : m) + ":" + pad(whole % 60) + rest;
  };

  // ---- colours, which the style sheet knows

  const probe = document.body.appendChild(document.createElement("i"));
  probe.hidden = true;
  const color = (name) => {
    probe.style.color = "var(--" + name + ")";
    return getComputedStyle(probe).color;
  };
  const faint = (css, share) => "color-mix(in srgb, " + css + " " + share * 100 + "%, transparent)";
  let ink = {};
  const mix = () => {
    for (const name of ["ink", "dim", "line", "shade", "paper", "fail"]) ink[name] = color(name);
    ink.c = [0, 1, 2, 3, 4, 5, 6].map((i) => color("c" + i));
  };
  const dashes = [[], [7, 4], [2, 3], [10, 3, 2, 3]];

  // look is how a series is drawn. Beyond the colours, dashes tell them apart.
  const look = (spec, i) => {
    const s = spec.series[i];
    if (spec.band) return [{ color: () => ink.c[0], width: 2, dash: [] }, { color: () => ink.c[0], width: 1.25, dash: [7, 3] },
      { color: () => ink.c[0], width: 1, dash: [2, 3] }, { color: () => ink.c[6], width: 0, dash: [], dots: true }][Math.min(i, 3)];
    const n = s.tone ?? i;
    return { color: () => ink.c[n % 7], width: 1.75, dash: dashes[(spec.curve && s.dash ? 1 : Math.floor(n / 7)) % 4] };
  };

  // ---- what is drawn under and over the lines

  function stages(u, each) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    data.stages.forEach((stage, i) => {
      const from = Math.max(u.valToPos(stage.from, "x", true), bbox.left);
      each(ctx, stage, i, from, Math.min(u.valToPos(stage.to, "x", true), bbox.left + bbox.width) - from);
    });
    ctx.restore();
  }

  function shade(u) {
    stages(u, (ctx, stage, i, from, width) => {
      ctx.fillStyle = ink.shade;
      if (i % 2 === 0 && width > 0) ctx.fillRect(from, u.bbox.top, width, u.bbox.height);
      else if (width > 0) ctx.fillRect(from + width, u.bbox.top, devicePixelRatio, u.bbox.height);
    });
  }

  function names(u) {
    const px = devicePixelRatio;
    stages(u, (ctx, stage, i, from, width) => {
      ctx.font = 11 * px + "px system-ui, sans-serif";
      ctx.textBaseline = "top";
      ctx.textAlign = "left";
      if (ctx.measureText(stage.label).width < width - 8 * px) outlined(ctx, stage.label, from + 4 * px, u.bbox.top + 3 * px, ink.dim);
    });
  }

  // outlined writes text that can be read over lines.
  function outlined(ctx, text, x, y, fill) {
    ctx.setLineDash([]);
    ctx.lineWidth = 3 * devicePixelRatio;
    ctx.strokeStyle = ink.paper;
    ctx.strokeText(text, x, y);
    ctx.fillStyle = fill;
    ctx.fillText(text, x, y);
  }

  // limits draws where the objectives' limits lie; one above the plot is named at its upper edge. Names that would stand
  // on each other stand beside each other.
  function limits(u, spec) {
    const { ctx, bbox } = u, px = devicePixelRatio;
    ctx.save();
    ctx.font = "600 " + 11 * px + "px system-ui, sans-serif";
    const named = [];
    for (const limit of spec.limits ?? []) {
      const above = limit.y > u.scales.y.max;
      const y = above ? bbox.top : u.valToPos(limit.y, "y", true);
      const end = spec.curve ? u.valToPos(step(limit.x), "x", true) : bbox.left + bbox.width;
      if (!above) {
        ctx.strokeStyle = ctx.fillStyle = ink.fail;
        ctx.lineWidth = 1.25 * px;
        ctx.setLineDash([6 * px, 4 * px]);
        ctx.beginPath();
        ctx.moveTo(bbox.left, y);
        ctx.lineTo(end, y);
        ctx.stroke();
        if (spec.curve) diamond(ctx, end, y, 5 * px);
      }
      const under = above || y - bbox.top < 15 * px, text = limit.label + (above ? " ↑" : "");
      const width = ctx.measureText(text).width + 12 * px, at = y + (under ? 3 : -14) * px;
      let x = spec.curve ? bbox.left + 5 * px : end - 4 * px;
      for (const other of named) if (Math.abs(other.at - at) < 13 * px) x = spec.curve ? Math.max(x, other.x + other.width) : Math.min(x, other.x - other.width);
      named.push({ at, x, width });
      ctx.textAlign = spec.curve ? "left" : "right";
      ctx.textBaseline = "top";
      outlined(ctx, text, x, at, ink.fail);
    }
    ctx.restore();
  }

  function diamond(ctx, x, y, r) {
    ctx.beginPath();
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y);
    ctx.lineTo(x, y + r);
    ctx.lineTo(x - r, y);
    ctx.fill();
  }

  // ---- one plot

  const narrow = () => innerWidth < 600;
  let logarithmic = false, zoom = null, syncing = false;

  function top(spec, u) {
    let most = 0;
    spec.drawn.forEach((ys, i) => {
      if (u.series[i + 1].show) for (const y of ys) if (y > most) most = y;
    });
    for (const limit of spec.limits ?? []) if (limit.y > most && limit.y < 2.5 * most) most = limit.y;
    if (spec.unit === "share" && most > 0.5) most = Math.max(1, most);
    // Above the highest value is room for the names of the stages.
    const room = spec.curve || !data.stages?.length ? 0.06 : 18 / Math.max(40, u.height - 52);
    return (most || 1) * (1 + room);
  }

  function bottom(spec) {
    let least = Infinity;
    for (const ys of spec.drawn) for (const y of ys) if (y > 0 && y < least) least = y;
    return least === Infinity ? 1e-3 : least * 0.9;
  }

  // stacked adds to each series those after it, so that each is drawn over the sum that it is part of.
  function stacked(series, stack) {
    const ys = series.map((s) => s.y);
    if (stack) for (let i = ys.length - 2; i >= 0; i--) ys[i] = ys[i].map((y, at) => (y ?? 0) + (ys[i + 1][at] ?? 0));
    return ys;
  }

  function axes(spec) {
    const axis = () => ({ stroke: () => ink.dim, grid: { stroke: () => ink.line, width: 1 }, ticks: { show: false },
      font: "11px system-ui, sans-serif" });
    const x = { ...axis(), size: 26, gap: 4, grid: { show: false }, space: narrow() ? 52 : 70 };
    if (spec.curve) {
      x.splits = (u) => [0, 50, 90, 99, 99.9, 99.99, 99.999, 99.9999].map(step).filter((v) => v <= u.scales.x.max);
      x.values = (u, vs) => vs.map((v) => trim((100 - 100 * 10 ** -v).toFixed(4)) + " %");
      x.filter = (u, vs) => vs;
      x.grid = { show: true, stroke: () => ink.line, width: 1 };
    } else {
      x.incrs = [0.1, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400];
      x.values = (u, vs) => vs.map(clock);
    }
    const y = { ...axis(), size: narrow() ? 50 : 62, gap: 4, values: (u, vs) => vs.map((v) => v == null ? "" : tick(v, spec.unit)), space: 34 };
    return [x, y];
  }

  // alone lists the values with none before and none after, which no line leads to.
  function alone(u, series) {
    const ys = u.data[series];
    return ys.map((_, i) => i).filter((i) => ys[i] != null && ys[i - 1] == null && ys[i + 1] == null);
  }

  const step = (percentile) => -Math.log10(1 - percentile / 100);

  function options(spec, box) {
    const seriesOf = (s, i) => {
      const l = look(spec, i);
      const line = { label: s.label, stroke: l.color, width: l.width, dash: l.dash, spanGaps: false,
        points: { show: true, filter: l.dots ? null : alone, size: l.dots ? 3 : 5, fill: l.color, stroke: l.color, width: 0 } };
      if (spec.stack) {
        line.points.show = false;
        line.fill = l.color;
        line.paths = uPlot.paths.stepped({ align: 1 });
        line.width = 0;
      } else if (spec.curve) {
        line.paths = uPlot.paths.stepped({ align: spec.curve ? -1 : 1 });
      }
      return line;
    };
    const bands = [];
    if (spec.band && spec.series.length > 2) {
      bands.push({ series: [3, 2], fill: () => faint(ink.c[0], 0.12) }, { series: [2, 1], fill: () => faint(ink.c[0], 0.25) });
    }
    const log = spec.band && logarithmic;
    return {
      width: box.clientWidth, height: box.clientHeight, legend: { show: false }, padding: [8, 18, 0, 0],
      cursor: { drag: { x: !spec.curve, y: false, setScale: false }, sync: spec.curve ? {} : { key: "run", scales: ["x", null] },
        y: false, points: { size: 7 } },
      scales: {
        x: { time: false, range: (u, min, max) => spec.curve ? [0, Math.max(1, max)] : zoom ?? [0, data.end] },
        y: { distr: log ? 3 : 1, range: (u) => [log ? bottom(spec) : 0, top(spec, u)] },
      },
      axes: axes(spec), series: [{}, ...spec.series.map(seriesOf)], bands,
      hooks: {
        drawClear: [(u) => spec.curve || shade(u)], drawAxes: [(u) => spec.curve || names(u)],
        draw: [(u) => limits(u, spec)],
        setCursor: [(u) => readings(u, spec)],
        setSelect: [(u) => !spec.curve && select(u)],
      },
    };
  }

  // ---- the legend, which also shows the readings at the cursor

  function legend(plot) {
    const list = plot.box.parentElement.querySelector(".series");
    list.replaceChildren();
    plot.outputs = plot.spec.series.map((s, i) => {
      const item = list.appendChild(document.createElement("li"));
      const button = item.appendChild(document.createElement("button"));
      button.type = "button";
      button.setAttribute("aria-pressed", "true");
      button.append(swatch(plot.spec, i), s.label + " ");
      const output = button.appendChild(document.createElement("output"));
      output.setAttribute("aria-live", "off");
      button.addEventListener("click", () => {
        const shown = !plot.u.series[i + 1].show;
        button.setAttribute("aria-pressed", String(shown));
        plot.u.setSeries(i + 1, { show: shown });
      });
      return output;
    });
    const at = list.appendChild(document.createElement("li"));
    at.className = "at";
    plot.at = at;
  }

  function swatch(spec, i) {
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("width", 22);
    svg.setAttribute("height", 10);
    svg.setAttribute("aria-hidden", "true");
    const l = look(spec, i);
    const shape = svg.appendChild(document.createElementNS(ns, spec.stack || l.dots ? "rect" : "line"));
    if (l.dots) for (const [k, v] of [["x", 9], ["y", 3], ["width", 5], ["height", 5], ["rx", 3]]) shape.setAttribute(k, v);
    else if (spec.stack) for (const [k, v] of [["x", 4], ["y", 0], ["width", 12], ["height", 10]]) shape.setAttribute(k, v);
    else for (const [k, v] of [["x1", 0], ["x2", 22], ["y1", 5], ["y2", 5]]) shape.setAttribute(k, v);
    shape.style.stroke = shape.style.fill = l.dots ? "var(--c6)" : "var(--c" + (spec.band ? 0 : (spec.series[i].tone ?? i) % 7) + ")";
    shape.style.strokeWidth = l.width;
    shape.style.strokeDasharray = l.dash.join(" ");
    return svg;
  }

  function readings(u, spec) {
    const plot = plots.find((p) => p.u === u);
    if (!plot) return;
    const i = u.cursor.idx;
    plot.outputs.forEach((output, n) => {
      output.textContent = i == null || u.cursor.left < 0 ? "" : exact(spec.series[n].y[i], spec.unit);
    });
    const x = i == null || u.cursor.left < 0 ? null : u.data[0][i];
    plot.at.textContent = x == null ? "" : spec.curve ? "at " + trim((100 - 100 * 10 ** -x).toFixed(3)) + " %" : "at " + clock(x);
  }

  // ---- the time axis, which all plots over time share

  function select(u) {
    const { left, width } = u.select;
    if (width > 3) view([u.posToVal(left, "x"), u.posToVal(left + width, "x")]);
    u.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
  }

  function view(range) {
    zoom = range && [Math.max(0, range[0]), Math.min(data.end, range[1])];
    if (zoom && (zoom[1] - zoom[0] >= data.end || zoom[1] - zoom[0] < 1e-3)) zoom = null;
    byId("reset").disabled = !zoom;
    const [min, max] = zoom ?? [0, data.end];
    for (const p of plots) if (!p.spec.curve) p.u.setScale("x", { min, max });
  }

  function keys(event, plot) {
    const { u, spec } = plot;
    const xs = u.data[0], inView = (x) => x >= u.scales.x.min && x <= u.scales.x.max;
    const first = xs.findIndex(inView), last = xs.findLastIndex(inView);
    const at = u.cursor.left >= 0 && u.cursor.idx != null ? u.cursor.idx : null;
    const go = (i) => {
      i = Math.max(first, Math.min(last, i));
      if (i < 0) return;
      u.setCursor({ left: u.valToPos(xs[i], "x"), top: 10 }, true, true);
      byId("live").textContent = plot.at.textContent + ": " +
        spec.series.map((s) => s.label + " " + exact(s.y[i], spec.unit)).join(", ");
    };
    const [min, max] = zoom ?? [0, data.end];
    const middle = at == null ? (min + max) / 2 : xs[at];
    const moves = {
      ArrowLeft: () => go((at ?? last + 1) - (event.shiftKey ? 10 : 1)), ArrowRight: () => go((at ?? first - 1) + (event.shiftKey ? 10 : 1)),
      Home: () => go(first), End: () => go(last),
    };
    if (!spec.curve) {
      const around = (width) => view([middle - width / 2, middle + width / 2]);
      Object.assign(moves, { "+": () => around((max - min) / 2), "=": () => around((max - min) / 2), "-": () => around((max - min) * 2), Escape: () => view(null) });
    }
    if (moves[event.key] && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      moves[event.key]();
    }
  }

  // ---- drawing all of it

  function draw(plot) {
    plot.u?.destroy();
    plot.u = new uPlot(options(plot.spec, plot.box), [plot.spec.x, ...plot.spec.drawn], plot.box);
    plot.outputs.forEach((_, i) => {
      const button = plot.outputs[i].parentElement;
      if (button.getAttribute("aria-pressed") === "false") plot.u.setSeries(i + 1, { show: false });
    });
  }

  function redraw() {
    mix();
    plots.forEach(draw);
  }

  function start() {
    mix();
    for (const spec of data.plots) {
      const box = document.querySelector("#plot-" + spec.id + " .canvas");
      spec.x = spec.curve ? data.axes[spec.axis].map(step) : data.axes[spec.axis];
      spec.drawn = stacked(spec.series, spec.stack);
      const plot = { spec, box };
      legend(plot);
      plots.push(plot);
      draw(plot);
      box.addEventListener("keydown", (event) => keys(event, plot));
    }
    if (!plots.length) return;
    const widths = new WeakMap();
    const resized = new ResizeObserver((entries) => {
      for (const entry of entries) {
        const plot = plots.find((p) => p.box === entry.target);
        if (widths.get(entry.target) === entry.contentRect.width) continue;
        widths.set(entry.target, entry.contentRect.width);
        plot.u.setSize({ width: entry.target.clientWidth, height: entry.target.clientHeight });
      }
    });
    plots.forEach((p) => resized.observe(p.box));
    if (byId("reset")) {
      document.querySelector(".tools").hidden = false;
      byId("reset").addEventListener("click", () => view(null));
      byId("log").addEventListener("change", (event) => {
        logarithmic = event.target.checked;
        redraw();
      });
    }
  }

  // ---- the theme

  const themes = ["auto", "light", "dark"];
  const button = byId("theme");
  let theme = "auto";

  function dress(name) {
    if (name === "auto") delete root.dataset.theme;
    else root.dataset.theme = name;
  }

  button.hidden = false;
  button.addEventListener("click", () => {
    theme = themes[(themes.indexOf(theme) + 1) % themes.length];
    button.textContent = "Theme: " + theme;
    dress(theme);
    redraw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  addEventListener("beforeprint", () => {
    dress("light");
    root.classList.add("printing");
    redraw();
  });
  addEventListener("afterprint", () => {
    dress(theme);
    root.classList.remove("printing");
    redraw();
  });
  start();
})();
