# want: whole_number.hcl:4,13-16: Invalid retries; retries must be a whole number.

endpoint "a" {
  retries = 1.5
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
