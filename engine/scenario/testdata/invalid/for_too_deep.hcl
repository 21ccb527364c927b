# want: for_too_deep.hcl:4,42-43: Loops nested too deep; A for stands at most 2 deep: in another, but in no third. A local can hold the inner list.

locals {
  many = [for a in [1] : [for b in [1] : [for c in [1] : c]]]
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
