# want: reference_unknown.hcl:8,14-26: Unknown endpoint; No endpoint is named "aim". There is "a".

endpoint "a" {
  simulator {}
}

conversation "c" {
  endpoint = endpoint.aim

  turn "t" {
    user = "Hi."
  }
}
