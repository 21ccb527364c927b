# want: objective_quantile.hcl:15,28-31: Invalid function argument; Invalid value for "percent" parameter: the percent must be at least 1 and at most 100, which is the largest value.

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
    value = p(metric.ttft, 101)
    max   = "1s"
  }
}
