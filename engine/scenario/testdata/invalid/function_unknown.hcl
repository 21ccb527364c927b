# want: function_unknown.hcl:11,23-29: Unknown function; No function is named "lenght". Did you mean "length"?

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = lenght(response.text) > 0
      error_message = "No."
    }
  }
}
