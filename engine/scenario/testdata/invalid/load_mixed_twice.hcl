# want: load_mixed_twice.hcl:18,20-34: Conversation mixed twice; conversation.c is in this mix already: give it one weight. The other is at load_mixed_twice.hcl:15.

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
  }
  mix {
    conversation = conversation.c
  }
  users    = 1
  duration = "1s"
}
