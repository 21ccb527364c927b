# want: objective_of_true_or_false.hcl:15,13-31: Nothing to order; metric.error is true or false: take share(metric.error).

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
    value = mean(metric.error)
    max   = 0.1
  }
}
