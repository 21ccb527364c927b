# want: rubric_unknown.hcl:17,29-35: Unknown rubric; No rubric is named "polit". Did you mean "polite"?

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
      condition     = rubric.polit.met
      error_message = "No."
    }
  }
}
