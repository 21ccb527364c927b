# want: rubric_without_criteria.hcl:7,1-16: Missing argument; rubric "polite" needs criteria: what the reply is held to, in the words that the judge is given.

endpoint "a" {
  simulator {}
}

rubric "polite" {
  endpoint = endpoint.a
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
