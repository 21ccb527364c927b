# want: objective_share_for_percent.hcl:12,28-32: Invalid function argument; Invalid value for "percent" parameter: the percent must be at least 1 and at most 100, which is the largest value; 0.95 looks like a share, for which to write 95.
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
    value = p(metric.ttft, 0.95)
    max   = "1s"
  }
}
