# want: gesture_empty.hcl:7,1-12: Nothing to move; gesture "g" needs move blocks, or recorded { dataset = …, move = … }.

endpoint "a" {
  simulator {}
}

gesture "g" {
  description = "Nothing."
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
