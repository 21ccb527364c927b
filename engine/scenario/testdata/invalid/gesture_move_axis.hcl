# want: gesture_move_axis.hcl:9,5-9: Unsupported argument; A move has no argument named "pich". Did you mean "pitch"?

endpoint "a" {
  simulator {}
}

gesture "g" {
  move {
    pich = 0.1
    duration = "200ms"
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
