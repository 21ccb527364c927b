# want: objective_limit_not_a_duration.hcl:16,13-17: Invalid max; max must be a number: share(metric.error) is not a duration.

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
    value = share(metric.error)
    max   = "1s"
  }
}
