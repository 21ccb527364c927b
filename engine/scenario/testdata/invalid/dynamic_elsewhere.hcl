# want: dynamic_elsewhere.hcl:8,3-10: Unsupported block; A conversation has no block named "dynamic". Only a load's mix and stage blocks, and a gesture's move blocks, can be made by dynamic.

endpoint "a" {
  simulator {}
}

conversation "c" {
  dynamic "turn" {
    for_each = [1]
    labels   = ["t"]
    content {
      user = "Hi."
    }
  }
}
