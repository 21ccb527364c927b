# want: load_two_schedules.hcl:13,1-9: Several schedules; load "l" has users and arrival: a load is driven by one of them.

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
  users    = 3
  arrival  = poisson
  duration = "1m"
}
