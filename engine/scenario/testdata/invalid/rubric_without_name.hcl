# want: rubric_without_name.hcl:17,30-36: Name missing; rubric needs the name of a rubric: write rubric.NAME.

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
      condition     = length(rubric) > 0
      error_message = "No."
    }
  }
}
