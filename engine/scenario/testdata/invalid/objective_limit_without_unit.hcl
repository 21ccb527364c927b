# want: objective_limit_without_unit.hcl:16,13-16: Unit missing; max is a duration here: write it with a unit, such as "500ms".

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
    value = p(metric.ttft, 95)
    max   = 500
  }
}
