# One greeting. Runs with nothing installed: the endpoint is embedded.
endpoint "aim" {
  simulator {
    ttft = "180ms"
    itl  = "12ms"
  }
}

conversation "smoke" {
  description = "One greeting."
  endpoint    = endpoint.aim
  system      = "You are Reachy Mini, a small friendly robot. Answer in one sentence."

  turn "greet" {
    user       = "Hello! Who are you?"
    max_tokens = 64

    assert {
      condition     = response.finish_reason == "stop" && length(response.text) > 0
      error_message = "Empty or truncated reply: ${response.finish_reason}."
    }
  }
}

slo "responsive" {
  objective "ttft" {
    value = p(metric.ttft, 50)
    max   = "800ms"
  }
}
