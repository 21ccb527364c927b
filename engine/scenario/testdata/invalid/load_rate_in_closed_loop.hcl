# want: load_rate_in_closed_loop.hcl:18,14-15: Unwanted argument; rate means nothing in a load with users.

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
  rate     = 2
  duration = "1m"
}
