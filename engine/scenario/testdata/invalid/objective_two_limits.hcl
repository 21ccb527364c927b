# want: objective_two_limits.hcl:17,13-18: Two limits; An objective has one limit, max or min; write two objectives for a band. The other is at objective_two_limits.hcl:16.

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
    value = p(metric.ttft, 95)
    max   = "1s"
    min   = "1ms"
  }
}
