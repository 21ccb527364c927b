# want: rubric_as_reference.hcl:17,23-36: Invalid condition; condition must be true or false.

endpoint "a" {
  simulator {}
}

rubric "polite" {
  endpoint = endpoint.a
  criteria = "It is polite."
}

conversation "c" {
  endpoint = endpoint.a
  turn "t" {
    user = "Hi."
    assert {
      condition     = rubric.polite
      error_message = "No."
    }
  }
}
