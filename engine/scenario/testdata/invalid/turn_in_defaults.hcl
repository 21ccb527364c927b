# want: turn_in_defaults.hcl:9,18-47: Not known here; Defaults hold for every turn, so that they cannot use one.

endpoint "a" {
  simulator {}
}

conversation "c" {
  defaults {
    max_tokens = turn.t.response.output_tokens
  }
  turn "t" {
    user = "Hi."
  }
}
