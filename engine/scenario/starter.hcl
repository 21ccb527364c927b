# A scenario: what is asked of an LLM endpoint, and what must hold of the answers.
#
#   aimbench validate FILE      check it
#   aimbench run FILE           run it: the embedded endpoint answers, so that nothing needs to be installed
#
# The whole language: aimbench help language

endpoint "aim" {
  # The embedded endpoint. For a real one, put these in the place of simulator {}:
  #
  #   base_url = env("AIM_BASE_URL", "http://127.0.0.1:8000")
  #   api_key  = env("AIM_API_KEY", null)
  simulator {
    ttft = "150ms"
    itl  = "10ms"

    reply {
      when = "(?i)capital of france"
      text = "The capital of France is Paris."
    }
  }
}

conversation "geography" {
  endpoint = endpoint.aim
  system   = "Answer in one sentence."

  turn "capital" {
    user       = "What is the capital of France?"
    max_tokens = 64

    assert {
      condition     = response.finish_reason == "stop" && can(regex("Paris", response.text))
      error_message = "Paris is missing in: ${response.text}"
    }
  }

  # A later turn carries the history, and may use what came before it.
  turn "again" {
    user       = "Say \"${turn.capital.response.text}\" in other words."
    max_tokens = 64
  }
}

slo "responsive" {
  objective "ttft" {
    value = p(metric.ttft, 50)
    max   = "800ms"
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0
  }
}
