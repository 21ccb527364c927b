# want: objective_stages.hcl:26,13-18: No stages; by = stage needs a load with stages; load.l has none.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}

load "l" {
  mix {
    conversation = conversation.c
  }
  users    = 1
  duration = "1s"
}

slo "s" {
  objective "o" {
    value = p(metric.ttft, 50)
    max   = "1s"
    load  = load.l
    by    = stage
  }
}
