# want: attribute_unknown.hcl:11,31-36: Unknown attribute; response has no attribute named "txet". Did you mean "text"?

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = response.txet != ""
      error_message = "No."
    }
  }
}
