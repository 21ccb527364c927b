# One greeting, one nod. Runs with nothing installed: the endpoint and the robot are embedded.
endpoint "aim" {
  simulator {
    ttft = "180ms"
    itl  = "12ms"
  }
}

robot "reachy" {
  simulator {}
}

gesture "nod" {
  move {
    pitch    = deg(12)
    duration = "200ms"
  }
  move {
    pitch    = 0
    duration = "250ms"
  }
}

conversation "smoke" {
  description = "One greeting, one nod."
  endpoint    = endpoint.aim
  robot       = robot.reachy
  system      = "You are Reachy Mini, a small friendly robot. Answer in one sentence."

  turn "greet" {
    user       = "Hello! Who are you?"
    max_tokens = 64

    perform "hello" {
      on      = first_token
      after   = "100ms"
      gesture = gesture.nod
    }

    assert {
      condition     = response.finish_reason == "stop" && length(response.text) > 0
      error_message = "Empty or truncated reply: ${response.finish_reason}."
    }
    assert {
      condition     = perform.hello.status == "done"
      error_message = "The robot did not nod: ${perform.hello.detail}."
    }
  }
}

slo "responsive" {
  objective "ttft" {
    value = p(metric.ttft, 50)
    max   = "800ms"
  }
}
