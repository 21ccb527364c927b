# want: load_without_schedule.hcl:13,1-9: No schedule; load "l" needs users for a closed loop, or arrival or replay {} for an open one.

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
}
