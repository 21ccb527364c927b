# want: variable_unknown.hcl:8,15-20: Unknown variable; No variable is named "peek". Did you mean "peak"?

variable "peak" {
  default = 1
}

locals {
  double = var.peek * 2
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
