# The gate that the chart brings: questions at a steady rate, and what people may wait for the answers. Copy it, say what your
# users ask and what they are promised, and give it to the chart in scenario.files.
variable "rate" {
  type        = number
  default     = 1
  description = "conversations a second"
}
variable "duration" {
  type        = string
  default     = "2m"
  description = "time that counts"
}
variable "ttft" {
  type        = string
  default     = "1s"
  description = "longest time to the first token of 9 in 10 turns"
}

endpoint "aim" {
  base_url    = env("AIM_BASE_URL")
  chat_path   = env("AIM_CHAT_PATH", null)
  model       = env("AIM_MODEL", null)
  api_key     = env("AIM_API_KEY", null)
  metrics_url = env("AIM_METRICS_URL", null)
  timeout     = "60s"
  wait_ready  = "30s"
}

dataset "questions" {
  source = "questions.jsonl"
}

conversation "ask" {
  endpoint = endpoint.aim

  turn "question" {
    user       = row.questions.prompt
    max_tokens = 32
  }
}

load "gate" {
  mix {
    conversation = conversation.ask
  }
  arrival       = poisson
  rate          = var.rate
  duration      = var.duration
  warmup        = "5s"
  max_in_flight = 200
}

slo "interactive" {
  objective "ttft" {
    value = p(metric.ttft, 90)
    max   = var.ttft
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0.05
  }
}
