# want: name_unknown.hcl:11,23-35: Unknown name; Nothing is named "respons" here. Did you mean "response"?

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = respons.text != ""
      error_message = "No."
    }
  }
}
