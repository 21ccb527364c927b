# want: variable_refused.hcl:7,21-33: Invalid value; The value of variable "peak" is refused: A peak of 0 is no load.

variable "peak" {
  default = 0

  validation {
    condition     = var.peak > 0
    error_message = "A peak of ${var.peak} is no load."
  }
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
