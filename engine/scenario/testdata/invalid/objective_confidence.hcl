# want: objective_confidence.hcl:17,18-20: Invalid confidence; confidence must be above 0 and below 1.

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
    value      = p(metric.ttft, 50)
    max        = "1s"
    confidence = 95
  }
}
