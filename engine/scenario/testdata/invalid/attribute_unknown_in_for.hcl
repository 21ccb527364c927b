# want: attribute_unknown_in_for.hcl:11,63-67: Unsupported attribute; This object does not have an attribute named "nam".

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
