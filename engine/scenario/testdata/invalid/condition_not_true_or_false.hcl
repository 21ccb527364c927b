# want: condition_not_true_or_false.hcl:11,23-36: Invalid condition; condition must be true or false.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = response.text
      error_message = "No."
    }
  }
}
