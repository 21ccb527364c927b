# want: reference_in_variable.hcl:8,14-31: Reference expected; endpoint is a reference: write endpoint.NAME. It cannot be calculated, nor stand in a variable.

endpoint "a" {
  simulator {}
}

conversation "c" {
  endpoint = "endpoint.${"a"}"

  turn "t" {
    user = "Hi."
  }
}
