# want: objective_not_measured.hcl:15,13-14: Nothing measured; value must be p(metric.NAME, percent), mean(metric.NAME), share(condition), goodput(condition), or a metric of the whole run such as metric.output_rate.

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
    value = 3
    max   = 4
  }
}
