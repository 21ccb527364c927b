# want: load_without_end.hcl:13,1-9: No end; load "l" is a closed loop: it needs duration, iterations or stages.

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
  users = 3
}
