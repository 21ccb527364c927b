# Captures, defaults, a tool, a file beside the scenario.
endpoint "aim" {
  simulator {
    reply {
      when = "I am Ada"
      text = "Welcome, Ada!"
    }
    reply {
      when = "room 12"
      text = "{\"room\": 12, \"side\": \"left\"}"
    }
  }
}

tool "nod" {
  description = "Nod to agree."
  result      = { done = true, name = call.name }
}

conversation "concierge" {
  endpoint = endpoint.aim
  system   = file("concierge.md")
  tools    = [tool.nod]

  defaults {
    max_tokens  = 96
    temperature = 0
  }

  turn "greet" {
    user    = "Hi, I am Ada."
    capture = { name = try(regex("(?i)\\b(ada)\\b", response.text)[0], null) }
    assert {
      condition     = turn.greet.capture.name != null
      error_message = "The robot did not repeat the guest's name."
    }
  }
  turn "room" {
    user    = "${title(turn.greet.capture.name)} needs room 12. Answer as JSON with keys room and side."
    capture = { plan = try(jsondecode(response.text), {}) }
    assert {
      condition     = try(turn.room.capture.plan.room == 12, false)
      error_message = "Wrong room in ${response.text}"
    }
  }
}
