# want: rubric_argument_unknown.hcl:10,3-11: Unsupported argument; A rubric has no argument named "treshold". Did you mean "threshold"?

endpoint "a" {
  simulator {}
}

rubric "polite" {
  endpoint = endpoint.a
  criteria = "It is polite."
  treshold = 0.5
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
