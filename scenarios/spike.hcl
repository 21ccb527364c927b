# A spike: ten times the load for a moment. What is asked in the spike may wait; what is asked after it must not.
#
#   aimbench run --simulate spike.hcl
#   AIM_BASE_URL=http://… aimbench run spike.hcl --var rate=5 --var hold=1m
variable "rate" {
  type        = number
  default     = 1
  description = "conversations a second before and after"
}
variable "hold" {
  type        = string
  default     = "5s"
  description = "time before and after"
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
}

conversation "ask" {
  endpoint = endpoint.aim

  turn "question" {
    user       = row.questions.prompt
    max_tokens = 16
  }
}

load "spike" {
  mix {
    conversation = conversation.ask
  }
  # In bursts, as the minutes after an announcement are.
  arrival       = gamma
  shape         = 0.5
  max_in_flight = 100

  stage "before" {
    target = var.rate
    hold   = var.hold
  }
  stage "spike" {
    target = 10 * var.rate
    ramp   = "500ms"
    hold   = "2s"
  }
  stage "after" {
    target = var.rate
    ramp   = "500ms"
    hold   = var.hold
  }
}

slo "survives" {
  objective "nothing_is_lost" {
    value = share(metric.error || metric.dropped)
    max   = 0
  }
  objective "ttft" {
    value = p(metric.ttft, 100)
    max   = "10s"
    by    = stage
  }
}
