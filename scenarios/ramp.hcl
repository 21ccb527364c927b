# Rising load: how many conversations a second the endpoint can take before people wait too long.
#
#   aimbench run --simulate ramp.hcl
#   AIM_BASE_URL=http://… aimbench run ramp.hcl --var peak=40 --var hold=2m
variable "peak" {
  type        = number
  default     = 4
  description = "conversations a second at the top"
}
variable "hold" {
  type        = string
  default     = "5s"
  description = "time on each step"
}

endpoint "aim" {
  base_url    = env("AIM_BASE_URL", "http://127.0.0.1:8000")
  model       = env("AIM_MODEL", null)
  api_key     = env("AIM_API_KEY", null)
  metrics_url = env("AIM_METRICS_URL", null)
  timeout     = "60s"
}

dataset "questions" {
  source = "questions.jsonl"
  order  = shuffled
  seed   = 7
}

conversation "ask" {
  endpoint = endpoint.aim

  turn "question" {
    user          = row.questions.prompt
    output_tokens = uniform(16, 32)
  }
  turn "follow_up" {
    user       = "Say that again in one sentence."
    max_tokens = 24
    think_time = exponential("1s")
  }
}

load "ramp" {
  mix {
    conversation = conversation.ask
  }
  arrival       = poisson
  max_in_flight = 400
  warmup        = "2s"
  seed          = 42

  dynamic "stage" {
    for_each = [0.25, 0.5, 1]
    labels   = ["at_${stage.value}"]
    content {
      target = var.peak * stage.value
      ramp   = "1s"
      hold   = var.hold
    }
  }
}

slo "interactive" {
  load = load.ramp

  # One verdict a step; the last that passes is the capacity.
  objective "ttft" {
    value = p(metric.ttft, 90)
    max   = "1s"
    by    = stage
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0.01
  }
}
