# want: objective_quantile.hcl:15,13-15: Error in function call; Call to function "p" failed: the percentile must be above 0 and at most 100.

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
