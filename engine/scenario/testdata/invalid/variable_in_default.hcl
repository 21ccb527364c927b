# want: variable_in_default.hcl:8,13-18: Not known here; A variable's default cannot use other variables.

variable "a" {
  default = 1
}

variable "b" {
  default = var.a
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
