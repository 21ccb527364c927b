# want: number_as_text.hcl:4,13-18: Invalid retries; retries must be a whole number.

endpoint "a" {
  retries = "two"
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
