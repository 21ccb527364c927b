# Everything that a robot does by itself, a gesture of our own beside it, and what an assertion can ask of it.
endpoint "aim" {
  simulator {
    ttft = "60ms"
    itl  = "5ms"

    reply {
      when = "shows"
      text = "Of course. Look at my head!"
    }
    reply {
      when = "agree"
      text = "I do."
      tool_call "nod" {
        arguments = {}
      }
    }
  }
}

robot "reachy" {
  simulator {}
}

# A look to the left that stays there.
gesture "look_left" {
  move {
    yaw           = deg(25)
    antennas      = [-0.6, 0.2]
    duration      = "400ms"
    interpolation = ease_in_out
  }
}

gesture "wave" {
  dynamic "move" {
    for_each = [1, -1, 1, 0]
    content {
      roll     = deg(12) * move.value
      duration = "300ms"
    }
  }
}

tool "nod" {
  description = "Nod to agree."
  gesture     = gesture.nod
  max_calls   = 2
}

conversation "occasions" {
  description = "A gesture on every occasion of a turn."
  endpoint    = endpoint.aim
  robot       = robot.reachy

  perform "heard" {
    on      = prompt
    gesture = gesture.ack
  }
  perform "thinking" {
    on      = waiting
    after   = "700ms"
    gesture = gesture.thinking
  }

  turn "show" {
    user = "Tell me what it shows."

    perform "look" {
      on      = reply
      when    = can(regex("(?i)look", response.text))
      gesture = gesture.look_left
    }

    assert {
      condition     = perform.heard.status == "done" && perform.look.status == "done"
      error_message = "It did not move: ${perform.heard.detail} ${perform.look.detail}"
    }
    assert {
      condition     = perform.thinking.status == "skipped"
      error_message = "The reply was quick, and still it thought."
    }
    assert {
      condition     = abs(robot.state.yaw - deg(25)) < deg(3) && robot.state.motors == "enabled"
      error_message = "The head is at ${robot.state.yaw}."
    }
  }
  turn "wave" {
    user       = "Good bye."
    think_time = "1s"

    perform "heard" {
      on      = prompt
      gesture = gesture.wave
    }

    assert {
      condition     = perform.heard.status == "done" && perform.heard.gesture_start < duration("200ms")
      error_message = "It did not wave: ${perform.heard.detail}"
    }
  }
}

conversation "by_tool" {
  description = "The model moves the robot by a function."
  endpoint    = endpoint.aim
  robot       = robot.reachy
  tools       = [tool.nod]

  turn "agree" {
    user = "Do you agree?"

    perform "sure" {
      on      = tool_call
      when    = call.name == "nod"
      gesture = gesture.agreeing
    }

    assert {
      condition     = length(response.tool_calls) == 1 && perform.sure.status == "done"
      error_message = "The model did not nod: ${perform.sure.detail}"
    }
  }
}

slo "alive" {
  objective "reaction" {
    value = p(metric.reaction, 100)
    max   = "500ms"
  }
  objective "gesture_start" {
    value = p(metric.gesture_start, 50)
    max   = "500ms"
  }
}
