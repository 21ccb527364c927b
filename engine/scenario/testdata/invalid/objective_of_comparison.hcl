# want: objective_of_comparison.hcl:12,15-26: Invalid function argument; Invalid value for "metric" parameter: it must be metric.NAME alone, such as metric.ttft; share(condition) takes what is calculated from metrics.
endpoint "aim" {
  simulator {}
}
conversation "c" {
  turn "t" {
    user = "Hi"
  }
}
slo "s" {
  objective "o" {
    value = p(metric.ttft < 3, 50)
    max   = "1s"
  }
}
