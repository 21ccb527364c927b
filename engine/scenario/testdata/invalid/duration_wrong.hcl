# want: duration_wrong.hcl:4,13-25: Invalid timeout; timeout must be a duration with a unit, such as "500ms", "30s" or "1h30m".

endpoint "a" {
  timeout = "30 seconds"
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
