# want: duration_negative.hcl:4,13-18: Invalid timeout; timeout must be at least 0 seconds.

endpoint "a" {
  timeout = "-1s"
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
