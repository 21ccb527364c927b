# Many robots that talk at once, each with a body of its own: aimbench run --var robots=100 scenarios/fleet.hcl
variable "robots" {
  description = "How many guests talk to a robot each."
  type        = number
  default     = 5

  validation {
    condition     = var.robots >= 1 && var.robots <= 1000
    error_message = "From 1 to 1000 robots are sensible, not ${var.robots}."
  }
}

variable "duration" {
  description = "How long new conversations start."
  type        = string
  default     = "4s"
}

endpoint "aim" {
  simulator {
    ttft = lognormal("120ms", "40ms")
    itl  = "8ms"
  }
}

robot "reachy" {
  simulator {}
}

conversation "lobby" {
  endpoint = endpoint.aim
  robot    = robot.reachy
  system   = "You are Reachy Mini, a small friendly robot."

  perform "heard" {
    on      = prompt
    gesture = gesture.ack
  }

  turn "hello" {
    user = "Hello from guest ${iteration}!"

    assert {
      condition     = perform.heard.status == "done"
      error_message = "Robot ${iteration} did not move: ${perform.heard.detail}"
    }
  }
  turn "next" {
    user       = "And what is there to see in this town?"
    think_time = uniform("500ms", "1500ms")

    perform "agree" {
      on      = reply
      gesture = gesture.nod
    }
  }
}

load "guests" {
  mix {
    conversation = conversation.lobby
  }
  users    = var.robots
  duration = var.duration
}

slo "lively" {
  load = load.guests

  objective "reaction" {
    value = p(metric.reaction, 95)
    max   = "500ms"
  }
  objective "ttft" {
    value = p(metric.ttft, 95)
    max   = "500ms"
  }
}
