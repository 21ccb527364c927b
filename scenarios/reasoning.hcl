# A reasoning model thinks before it answers: the first token and the first answer token are two moments.
endpoint "aim" {
  simulator {
    ttft = "40ms"
    itl  = "5ms"

    reply {
      reasoning = "The user asks for the colour of the sky. On a clear day it is blue."
      text      = "Blue, on a clear day."
    }
  }
}

conversation "think" {
  endpoint = endpoint.aim

  turn "sky" {
    user = "What colour is the sky?"
    assert {
      condition     = length(response.reasoning) > 0
      error_message = "There was no reasoning."
    }
    assert {
      condition     = response.ttfa > response.ttft
      error_message = "The answer came before the thought."
    }
  }
}

slo "patience" {
  objective "answer" {
    value = p(metric.ttfa, 100)
    max   = "5s"
  }
}
