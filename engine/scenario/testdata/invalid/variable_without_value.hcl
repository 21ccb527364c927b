# want: variable_without_value.hcl:3,1-16: No value; The variable "peak" has no default and was not set: give --var peak=…, a --var-file, or AIMBENCH_VAR_peak in the environment.

variable "peak" {
  type = number
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
