# want: variable_in_default.hcl:8,16-18: Unknown variable; No variable is named "a".

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
