# want: local_circle.hcl:4,3-4: Circular local values; A local value cannot depend on itself: local.a → local.b → local.c → local.a.

locals {
  a = local.b + 1
  b = local.c + 1
  c = local.a + 1
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
