# want: temperature.hcl:10,19-20: Invalid temperature; temperature must be at least 0 and at most 2.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    temperature = 3
  }
}
