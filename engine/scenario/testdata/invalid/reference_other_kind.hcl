# want: reference_other_kind.hcl:8,14-23: Reference expected; endpoint must be endpoint.NAME.

endpoint "a" {
  simulator {}
}

conversation "c" {
  endpoint = dataset.a

  turn "t" {
    user = "Hi."
  }
}
