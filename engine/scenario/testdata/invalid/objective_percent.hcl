# want: objective_percent.hcl:16,13-14: Invalid max; max must be at most 1: share(metric.error) is a share, so 5 % is 0.05.

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
    max   = 5
  }
}
