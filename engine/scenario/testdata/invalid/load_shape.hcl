# want: load_shape.hcl:19,14-15: Unwanted argument; shape goes with arrival = gamma only.

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
  rate     = 2
  shape    = 2
  duration = "1m"
}
