# want: attribute_unknown_in_for.hcl:11,63-67: Unknown attribute; There is no attribute named "nam". Did you mean "name"?

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = length([for c in response.tool_calls : c.nam]) > 0
      error_message = "No."
    }
  }
}
