# A replay: the arrivals and sizes of a trace, as serving systems publish them. hash_ids name the blocks of the prompt that
# requests share, so that a prefix cache finds what it found then.
#
#   aimbench run --simulate replay.hcl
#   AIM_BASE_URL=http://… aimbench run replay.hcl --var speedup=1
variable "speedup" {
  type        = number
  default     = 2
  description = "how many times faster than recorded"
}

endpoint "aim" {
  base_url    = env("AIM_BASE_URL", "http://127.0.0.1:8000")
  model       = env("AIM_MODEL", null)
  api_key     = env("AIM_API_KEY", null)
  metrics_url = env("AIM_METRICS_URL", null)
  timeout     = "60s"
}

# {"timestamp": 1200, "input_length": 170, "output_length": 16, "hash_ids": [21, 22, 1003]}
dataset "trace" {
  source = "trace.jsonl"
  on_end = stop
}

conversation "traced" {
  endpoint = endpoint.aim

  turn "ask" {
    user = [synthetic({
      tokens       = row.trace.input_length
      shared_by    = row.trace.hash_ids
      block_tokens = 64
    })]
    output_tokens = row.trace.output_length
  }
}

load "recorded" {
  mix {
    conversation = conversation.traced
  }
  replay {
    dataset = dataset.trace
    at      = "timestamp"
    unit    = ms
    speedup = var.speedup
  }
  max_in_flight = 100
}

slo "as_then" {
  objective "ttft" {
    value = p(metric.ttft, 90)
    max   = "2s"
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0
  }
}
