# want: duplicate_endpoint.hcl:13,1-13: Name declared twice; The scenario already has an endpoint named "a". The other is at duplicate_endpoint.hcl:3.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}

endpoint "a" {
  simulator {}
}
