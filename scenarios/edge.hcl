# How the robot at the reception behaves while a guest talks to it: by hand with edge, or as this rehearsal with run.
endpoint "aim" {
  base_url = env("AIM_BASE_URL", "http://127.0.0.1:8000")
  model    = env("AIM_MODEL", "llm-prod")
  api_key  = env("AIM_API_KEY", null)
  timeout  = "30s"
  retries  = 1
}

robot "reachy" {
  on_exit = sleep

  daemon {
    url = env("REACHY_DAEMON_URL", "http://127.0.0.1:8001")
  }
}

tool "nod" {
  description = "Nod to agree."
  gesture     = gesture.nod
  max_calls   = 2
}

conversation "concierge" {
  endpoint = endpoint.aim
  robot    = robot.reachy
  system   = file("concierge.md")
  speak    = true
  tools    = [tool.nod]

  defaults {
    max_tokens  = 96
    temperature = 0
  }

  perform "ack" {
    on      = prompt
    gesture = gesture.ack
  }
  perform "thinking" {
    on      = waiting
    after   = "700ms"
    gesture = gesture.thinking
  }
  perform "excited" {
    on      = reply
    when    = can(regex("(?i)\\b(great|excellent|welcome)\\b", response.text))
    gesture = gesture.excited
  }
  perform "sorry" {
    on      = failure
    gesture = gesture.error
  }

  turn "greet" {
    user    = "Hi, I am Ada. Please say my name."
    capture = { name = try(regex("(?i)\\b(ada)\\b", response.text)[0], null) }

    assert {
      condition     = turn.greet.capture.name != null
      error_message = "The robot did not repeat the guest's name."
    }
    assert {
      condition     = perform.ack.status == "done"
      error_message = "The robot did not show that it heard: ${perform.ack.detail}"
    }
  }
  turn "room" {
    user    = "${title(coalesce(turn.greet.capture.name, "ada"))} has room 12. Please say the room once more."
    capture = { room = try(tonumber(regex("[0-9]+", response.text)), null) }

    assert {
      condition     = turn.room.capture.room == 12
      error_message = "Wrong room in ${response.text}"
    }
  }
}

slo "hospitality" {
  objective "e2e" {
    value = p(metric.e2e, 100)
    max   = "2.5s"
  }
  objective "reaction" {
    value    = p(metric.reaction, 100)
    max      = "500ms"
    optional = true # no robot may be there
  }
}
