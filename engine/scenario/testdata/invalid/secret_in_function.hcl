# want: secret_in_function.hcl:9,19-26: Invalid function argument; Invalid value for "text" parameter: it is not what the function takes (as the value is sensitive, no more is said).

variable "key" {
  default   = "hush-hush"
  sensitive = true
}

locals {
  wait = duration(var.key)
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
