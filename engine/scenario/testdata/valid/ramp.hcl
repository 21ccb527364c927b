# Open-loop arrivals up to a peak, gated.
variable "peak" {
  type    = number
  default = 40
}

endpoint "aim" {
  base_url    = env("AIM_BASE_URL", "http://127.0.0.1:8000")
  model       = env("AIM_MODEL", "llm-prod")
  api_key     = env("AIM_API_KEY", null)
  metrics_url = "http://127.0.0.1:8000/metrics"
  timeout     = "30s"
  wait_ready  = "2m"
  connections = reuse
  extra_body  = { top_k = 1 }
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
    output_tokens = uniform(64, 128)
  }
  turn "follow_up" {
    user       = "Say that again in one sentence."
    think_time = exponential("2s")
    hang_up {
      share        = 0.1
      after_tokens = 20
    }
  }
}

load "ramp" {
  mix {
    conversation = conversation.ask
    weight       = 1
  }
  arrival       = poisson
  max_in_flight = 400
  warmup        = "10s"
  graceful_stop = "30s"
  seed          = 42

  dynamic "stage" {
    for_each = [0.25, 0.5, 1]
    labels   = ["at_${stage.value}"]
    content {
      target = var.peak * stage.value
      ramp   = "0s"
      hold   = "2m"
    }
  }
}

slo "interactive" {
  load = load.ramp

  objective "ttft" {
    value = p(metric.ttft, 95)
    max   = "500ms"
    by    = stage
    abort = true
    grace = "30s"
  }
  objective "tpot" {
    value = p(metric.tpot, 99)
    max   = "40ms"
    turn  = conversation.ask.question
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0.01
  }
  objective "goodput" {
    value      = goodput(metric.ttft < duration("500ms") && metric.tpot < duration("40ms"))
    min        = 0.95
    confidence = 0.95
  }
  objective "throughput" {
    value = metric.output_rate
    min   = 1000
  }
}
