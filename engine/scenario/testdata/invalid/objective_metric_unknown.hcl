# want: objective_metric_unknown.hcl:15,21-26: Unknown metric; No metric is named "tftt". Did you mean "ttft"?

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
    value = p(metric.tftt, 95)
    max   = "1s"
  }
}
