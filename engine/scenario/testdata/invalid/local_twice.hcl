# want: local_twice.hcl:8,3-4: Name declared twice; The scenario already has a local value named "a". The other is at local_twice.hcl:4.

locals {
  a = 1
}

locals {
  a = 2
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
