# want: variable_wrong_default.hcl:5,13-19: Invalid value; The value of variable "peak" from its default must be of type number.

variable "peak" {
  type    = number
  default = "many"
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
