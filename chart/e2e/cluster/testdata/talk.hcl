# What the tests run on a cluster. Its verdict hangs on no time, so that a busy machine does not change it.
variable "duration" {
  type    = string
  default = "5s"
}
variable "longest" {
  type    = number
  default = 8
}

endpoint "aim" {
  base_url    = env("AIM_BASE_URL")
  api_key     = env("AIM_API_KEY", null)
  metrics_url = env("AIM_METRICS_URL", null)
  timeout     = "20s"
  wait_ready  = "20s"
}

conversation "ask" {
  endpoint = endpoint.aim

  turn "hello" {
    user       = "Say hello."
    max_tokens = 8
  }
}

load "talk" {
  mix {
    conversation = conversation.ask
  }
  users    = 4
  duration = var.duration
}

slo "brief" {
  objective "length" {
    value = p(metric.output_tokens, 50)
    max   = var.longest
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0.5
  }
}
