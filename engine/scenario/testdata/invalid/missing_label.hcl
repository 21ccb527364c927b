# want: missing_label.hcl:3,10-11: Missing name; A variable needs a name: write variable "NAME" { … }.

variable {
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
