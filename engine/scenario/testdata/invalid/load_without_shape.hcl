# want: load_without_shape.hcl:17,14-19: No shape; arrival = gamma needs shape: below 1 in bursts, above 1 more even.

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
  arrival  = gamma
  rate     = 2
  duration = "1m"
}
