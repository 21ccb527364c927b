# want: missing_argument.hcl:8,3-11: Missing argument; turn "t" needs user: what the user says.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    max_tokens = 4
  }
}
