# want: objective_turn_unknown.hcl:17,13-29: Unknown turn; conversation.c has no turn named "u".

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
    turn  = conversation.c.u
  }
}
