# want: gesture_move_without_duration.hcl:8,3-7: Missing argument; move needs duration: time to get there.

endpoint "a" {
  simulator {}
}

gesture "g" {
  move {
    pitch = 0.1
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
