# want: gesture_recorded_name.hcl:10,15-27: Invalid name; move must be a name of letters, digits, dashes, dots and underscores.

endpoint "a" {
  simulator {}
}

gesture "g" {
  recorded {
    dataset = "emotions"
    move    = "../amazed1"
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
