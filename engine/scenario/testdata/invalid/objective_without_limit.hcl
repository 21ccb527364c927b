# want: objective_without_limit.hcl:14,3-16: No limit; objective "o" needs max or min.

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
  }
}
