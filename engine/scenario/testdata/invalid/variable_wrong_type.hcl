# want: variable_wrong_type.hcl:4,13-18: Invalid type; The keyword "numbr" is not a valid type specification. Did you mean "number"?

variable "peak" {
  type    = numbr
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
