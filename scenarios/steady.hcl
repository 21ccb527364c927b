# Steady load: what people wait at a rate that the endpoint is to carry every day.
#
#   aimbench run --simulate steady.hcl
#   AIM_BASE_URL=http://… aimbench run steady.hcl --var rate=20 --var duration=10m
variable "rate" {
  type        = number
  default     = 2
  description = "conversations a second"
}
variable "duration" {
  type        = string
  default     = "10s"
  description = "time that counts"
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
    user       = row.questions.prompt
    max_tokens = 32
  }
}

load "day" {
  mix {
    conversation = conversation.ask
  }
  arrival       = poisson
  rate          = var.rate
  duration      = var.duration
  warmup        = "2s"
  max_in_flight = 200
}

slo "interactive" {
  objective "ttft" {
    value = p(metric.ttft, 90)
    max   = "1s"
  }
  objective "tpot" {
    value = p(metric.tpot, 90)
    max   = "100ms"
  }
  objective "goodput" {
    value = goodput(metric.ttft < duration("1s") && metric.tpot < duration("100ms"))
    min   = 0.9
  }
}
