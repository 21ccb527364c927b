# Impatient people: some leave in the middle of the answer, and an endpoint that goes on writing for them wastes its time.
#
#   aimbench run --simulate impatient.hcl
#   AIM_BASE_URL=http://… aimbench run impatient.hcl --var users=50 --var duration=10m
variable "users" {
  type    = number
  default = 4
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
}

conversation "hurried" {
  endpoint = endpoint.aim

  turn "question" {
    user          = row.questions.prompt
    output_tokens = 32

    # A third stop reading after a few words.
    hang_up {
      share        = 0.33
      after_tokens = 8
    }
  }
  turn "follow_up" {
    user       = "Shorter, please."
    max_tokens = 16
    think_time = uniform("200ms", "1s")

    # One in ten does not even wait for the first word for long.
    hang_up {
      share = 0.1
      after = "100ms"
    }
  }
}

load "visitors" {
  mix {
    conversation = conversation.hurried
  }
  users    = var.users
  duration = var.duration
}

slo "patience" {
  objective "ttft" {
    value = p(metric.ttft, 90)
    max   = "2s"
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0
  }
}
