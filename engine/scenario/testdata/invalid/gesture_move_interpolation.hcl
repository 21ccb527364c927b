# want: gesture_move_interpolation.hcl:9,21-27: Unknown keyword; interpolation cannot be minjrk. Did you mean "minjerk"? It is one of linear, minjerk, ease_in_out or cartoon.

endpoint "a" {
  simulator {}
}

gesture "g" {
  move {
    interpolation = minjrk
    duration = "200ms"
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
