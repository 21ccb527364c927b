# A mix: people who chat and a program that classifies, side by side, and a batch when the day is over.
#
#   aimbench run --simulate mix.hcl
#   AIM_BASE_URL=http://… aimbench run mix.hcl --var rate=10 --var duration=5m
variable "rate" {
  type        = number
  default     = 2
  description = "conversations a second by day"
}
variable "duration" {
  type        = string
  default     = "6s"
  description = "length of the day"
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

conversation "chat" {
  endpoint = endpoint.aim

  defaults {
    max_tokens = 24
  }
  turn "question" {
    user = row.questions.prompt
  }
  turn "thanks" {
    user       = "Thank you! And in other words?"
    think_time = exponential("1s")
  }
}

conversation "classify" {
  endpoint = endpoint.aim

  turn "label" {
    user        = "Is this about food? Answer yes or no: ${row.questions.prompt}"
    max_tokens  = 2
    temperature = 0
    stream      = false
  }
}

load "day" {
  mix {
    conversation = conversation.chat
    weight       = 7
  }
  mix {
    conversation = conversation.classify
    weight       = 3
  }
  arrival       = poisson
  rate          = var.rate
  duration      = var.duration
  max_in_flight = 100
}

load "robots" {
  mix {
    conversation = conversation.classify
  }
  users    = 1
  start    = "1s"
  duration = var.duration
}

load "night" {
  mix {
    conversation = conversation.classify
  }
  users      = 4
  iterations = 20
  after      = load.day
}

slo "chat" {
  load         = load.day
  conversation = conversation.chat

  objective "ttft" {
    value = p(metric.ttft, 90)
    max   = "1s"
  }
}

slo "batch" {
  load = load.night

  objective "errors" {
    value = share(metric.error)
    max   = 0.01
  }
}
