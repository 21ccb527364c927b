# want: objective_turn_form.hcl:17,13-19: Reference expected; turn must be conversation.NAME.TURN.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}

slo "s" {
  objective "o" {
    value = p(metric.ttft, 50)
    max   = "1s"
    turn  = turn.t
  }
}
