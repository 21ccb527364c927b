# want: rubric_threshold.hcl:10,15-16: Invalid threshold; threshold must be at least 0 and at most 1.

endpoint "a" {
  simulator {}
}

rubric "polite" {
  endpoint = endpoint.a
  criteria = "It is polite."
  threshold = 7
}

conversation "c" {
  endpoint = endpoint.a
  turn "t" {
    user = "Hi."
    assert {
      condition     = rubric.polite.met
      error_message = "No."
    }
  }
}
