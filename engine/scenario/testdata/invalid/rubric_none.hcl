# want: rubric_none.hcl:11,23-40: Not known here; rubric is known only in the assertions of a turn, where the scenario has a rubric.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = rubric.polite.met
      error_message = "No."
    }
  }
}
