# What one turn learns, a later turn uses: captures, and the history that the model is sent.
endpoint "aim" {
  simulator {
    ttft = "40ms"
    itl  = "2ms"

    reply {
      when = "room"
      text = "Of course: room 12 is on the left side, Ada."
    }
    reply {
      when = "I am Ada"
      text = "Nice to meet you, Ada!"
    }
  }
}

conversation "concierge" {
  description = "A guest asks for a room."
  endpoint    = endpoint.aim
  system      = "You are a concierge. Answer in one sentence."

  defaults {
    max_tokens  = 64
    temperature = 0
  }

  turn "greet" {
    user    = "Hi, I am Ada."
    capture = { name = try(regex("(?i)\\b(ada)\\b", response.text)[0], null) }
    assert {
      condition     = turn.greet.capture.name != null
      error_message = "The concierge did not repeat the guest's name."
    }
  }
  turn "room" {
    user = "${title(turn.greet.capture.name)} needs room 12. Which side is it on?"
    assert {
      condition     = can(regex("left|right", response.text))
      error_message = "No side in: ${response.text}"
    }
  }
}
