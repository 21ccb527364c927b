# What the test of the dashboards runs: a robot that speaks, one turn a conversation, so that Prometheus and the report count the
# same turns, and a server that fails a few.
variable "duration" {
  type    = string
  default = "10s"
}

endpoint "aim" {
  base_url    = env("AIM_BASE_URL")
  metrics_url = "${env("AIM_BASE_URL")}/metrics"
}

robot "reachy" {
  simulator {}
}

conversation "lobby" {
  endpoint = endpoint.aim
  robot    = robot.reachy
  speak    = true
  system   = "You are Reachy Mini, a small friendly robot who welcomes guests at the front desk of a hotel by the sea."

  perform "heard" {
    on      = prompt
    gesture = gesture.ack
  }

  turn "hello" {
    user       = "Hello!"
    max_tokens = 16
  }
}

load "guests" {
  mix {
    conversation = conversation.lobby
  }
  users    = 4
  duration = var.duration
}

slo "lively" {
  objective "ttft" {
    value = p(metric.ttft, 50)
    max   = "2s"
  }
  objective "speed" {
    value = goodput(metric.ttft < duration("5s"))
    min   = 0.5
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0.001
  }
}
