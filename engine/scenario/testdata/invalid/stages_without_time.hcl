# want: stages_without_time.hcl:18,3-12: No time; The stages take no time: give them ramp or hold.

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
  arrival = constant
  stage "a" {
    target = 3
  }
}
