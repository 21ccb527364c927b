# want: objective_condition.hcl:15,21-32: Invalid condition; condition must be true or false.

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
    value = goodput(metric.ttft)
    min   = 0.9
  }
}
