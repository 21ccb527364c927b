# want: local_unknown.hcl:5,22-30: Unknown local value; No local value is named "greting". Did you mean "greeting"?

locals {
  greeting = "Hi"
  whole    = "${local.greting}!"
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
