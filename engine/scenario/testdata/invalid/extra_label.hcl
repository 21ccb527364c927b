# want: extra_label.hcl:3,8-11: Too many names; A name means nothing here: write locals { … }.

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
