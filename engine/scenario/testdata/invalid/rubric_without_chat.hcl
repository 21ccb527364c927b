# want: rubric_without_chat.hcl:12,14-24: Not a judge; endpoint "b" has api = completions: a judge must answer in a form of ours, which only chat can be asked for.

endpoint "a" {
  simulator {}
}
endpoint "b" {
  api      = completions
  base_url = "http://127.0.0.1:8000"
}

rubric "polite" {
  endpoint = endpoint.b
  criteria = "It is polite."
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
