# want: gesture_two_in_one.hcl:12,3-11: Two gestures in one; A gesture is either made of move blocks, or one that is recorded, not both. The other is at gesture_two_in_one.hcl:8.

endpoint "a" {
  simulator {}
}

gesture "g" {
  move {
    pitch    = deg(10)
    duration = "200ms"
  }
  recorded {
    dataset = "emotions"
    move    = "amazed1"
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
