# want: objective_many_values.hcl:15,13-24: Many values; metric.ttft has a value each turn: take p(metric.ttft, 95), mean(metric.ttft), or a share over it.

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
    value = metric.ttft
    max   = "1s"
  }
}
