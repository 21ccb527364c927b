# Soak: few users for a long time, who must not be served worse at the end than at the beginning.
#
#   aimbench run --simulate soak.hcl
#   AIM_BASE_URL=http://… aimbench run soak.hcl --var users=20 --var half=4h
variable "users" {
  type    = number
  default = 2
}
variable "half" {
  type        = string
  default     = "5s"
  description = "time of each half"
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
}

conversation "visit" {
  endpoint = endpoint.aim
  system   = "Answer in one sentence."

  defaults {
    max_tokens = 24
    think_time = exponential("500ms")
  }
  turn "question" {
    user = row.questions.prompt
    assert {
      condition     = length(response.text) > 0
      error_message = "No answer to: ${row.questions.prompt}"
    }
  }
  turn "why" {
    user = "Why?"
  }
}

load "soak" {
  mix {
    conversation = conversation.visit
  }
  users = var.users

  stage "first_half" {
    target = var.users
    hold   = var.half
  }
  stage "second_half" {
    target = var.users
    hold   = var.half
  }
}

slo "endures" {
  objective "ttft" {
    value = p(metric.ttft, 90)
    max   = "2s"
    by    = stage
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0.001
  }
}
