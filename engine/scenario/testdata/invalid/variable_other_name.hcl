# want: variable_other_name.hcl:7,21-25: Unknown name; Nothing is named "peak" here. Did you mean var.peak?

variable "peak" {
  default = 1

  validation {
    condition     = peak > 0
    error_message = "No."
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
