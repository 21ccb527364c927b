# want: attribute_unknown_in_try.hcl:11,35-40: Unknown attribute; response has no attribute named "txet". Did you mean "text"?

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = try(response.txet, "") != ""
      error_message = "No."
    }
  }
}
