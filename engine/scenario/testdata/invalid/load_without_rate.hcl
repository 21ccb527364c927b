# want: load_without_rate.hcl:13,1-9: No rate; load "l" has arrival: it needs rate, or stages.

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
  arrival  = poisson
  duration = "1m"
}
