# want: load_two_ends.hcl:13,1-9: Several ends; load "l" has iterations and duration: a load ends in one way.

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
  users      = 3
  duration   = "1m"
  iterations = 9
}
