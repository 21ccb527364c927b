# want: rubric_too_early.hcl:15,30-47: Not known here; rubric is known only in the assertions of a turn, where the scenario has a rubric.

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
    user = "Was it polite? ${rubric.polite.met}"
    assert {
      condition     = rubric.polite.met
      error_message = "No."
    }
  }
}
