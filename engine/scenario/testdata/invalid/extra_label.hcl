# want: extra_label.hcl:3,8-11: Too many names; A locals has no name after it.

locals "x" {
  a = 1
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
