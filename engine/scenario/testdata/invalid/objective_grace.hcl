# want: objective_grace.hcl:17,13-17: Unwanted argument; grace goes with abort = true only.

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
    value = p(metric.ttft, 50)
    max   = "1s"
    grace = "1s"
  }
}
