# want: load_weights.hcl:14,3-6: Empty mix; The weights of a mix must not all be 0.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}

load "l" {
  mix {
    conversation = conversation.c
    weight       = 0
  }
  users    = 1
  duration = "1s"
}
