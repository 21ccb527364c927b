# want: load_users.hcl:17,14-24: Invalid users; users must be at least 1 and at most 1000000.

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
  users    = 1000000000
  duration = "1m"
}
