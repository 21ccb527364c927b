# want: reference_in_expression.hcl:11,23-33: Reference in an expression; endpoint.NAME names a block; it can be used only where a reference is wanted, not in an expression.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = endpoint.a != null
      error_message = "No."
    }
  }
}
