# Prefixes: many questions about few documents. A prefix cache spares the endpoint most of each prompt.
#
#   aimbench run --simulate prefix.hcl
#   AIM_BASE_URL=http://… aimbench run prefix.hcl --var document=4000 --var users=16 --var questions=400
variable "document" {
  type        = number
  default     = 200
  description = "tokens of a document"
}
variable "users" {
  type    = number
  default = 2
}
variable "questions" {
  type    = number
  default = 16
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

conversation "about_a_document" {
  endpoint = endpoint.aim

  turn "question" {
    user = [
      synthetic({ tokens = var.document, shared_by = "document ${iteration % 4}" }),
      text(row.questions.prompt),
    ]
    max_tokens = 16
  }
}

load "readers" {
  mix {
    conversation = conversation.about_a_document
  }
  users      = var.users
  iterations = var.questions
}

slo "cache" {
  objective "ttft" {
    value = p(metric.ttft, 50)
    max   = "2s"
  }
  objective "cached" {
    value    = mean(metric.cached_tokens)
    min      = var.document / 2
    optional = true # not every server reports it
  }
}
