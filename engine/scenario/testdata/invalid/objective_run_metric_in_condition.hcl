# want: objective_run_metric_in_condition.hcl:15,21-39: Not a turn's metric; metric.output_rate has one value a run; a condition is about each turn.

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
    value = goodput(metric.output_rate > 3)
    min   = 0.9
  }
}
