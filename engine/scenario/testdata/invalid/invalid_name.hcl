# want: invalid_name.hcl:3,1-15: Invalid name; A name must start with a letter, and have up to 64 letters, digits, underscores and dashes.

variable "2nd" {
  default = 1
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
