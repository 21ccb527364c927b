# want: rubric_of_the_reply.hcl:9,36-49: Not known here; response is known only in a turn's capture and assert; an earlier turn's is turn.NAME.response.

endpoint "a" {
  simulator {}
}

rubric "polite" {
  endpoint = endpoint.a
  criteria = "It is as polite as ${response.text}."
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
