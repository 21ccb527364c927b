# want: attribute_of_text.hcl:11,36-43: No attributes; response.text is text, which has no attribute "length".

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = response.text.length > 0
      error_message = "No."
    }
  }
}
