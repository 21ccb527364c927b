# want: gesture_move_axis_text.hcl:9,13-20: Invalid pitch; pitch must be a number.

endpoint "a" {
  simulator {}
}

gesture "g" {
  move {
    pitch = "10deg"
    duration = "200ms"
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
