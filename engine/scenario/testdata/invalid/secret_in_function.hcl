# want: secret_in_function.hcl:9,10-19: Error in function call; Call to function "duration" failed: not a duration such as "500ms" or "2m".

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
