# Ways in which a server breaks, and the class that each gets. Every turn here is expected to fail, so the run passes.

endpoint "refused" {
  simulator {
    fault {
      kind = http_500
    }
  }
}

conversation "refused" {
  endpoint = endpoint.refused

  turn "ask" {
    user   = "Hello?"
    expect = failure
    assert {
      condition     = response.error_class == "http_5xx"
      error_message = "The class is ${response.error_class}."
    }
  }
}

endpoint "busy" {
  simulator {
    fault {
      kind = http_429
    }
  }
}

conversation "busy" {
  endpoint = endpoint.busy

  turn "ask" {
    user   = "Hello?"
    expect = failure
    assert {
      condition     = response.error_class == "http_429"
      error_message = "The class is ${response.error_class}."
    }
  }
}

endpoint "cut" {
  simulator {
    fault {
      kind = stream_truncated
    }
  }
}

conversation "cut" {
  endpoint = endpoint.cut

  turn "ask" {
    user   = "Hello?"
    expect = failure
    assert {
      condition     = response.error_class == "stream_truncated"
      error_message = "The class is ${response.error_class}."
    }
  }
}

endpoint "broken" {
  simulator {
    fault {
      kind = stream_error
    }
  }
}

conversation "broken" {
  endpoint = endpoint.broken

  turn "ask" {
    user   = "Hello?"
    expect = failure
    assert {
      condition     = response.error_class == "stream_error"
      error_message = "The class is ${response.error_class}."
    }
  }
}

endpoint "silent" {
  simulator {
    fault {
      kind = empty
    }
  }
}

conversation "silent" {
  endpoint = endpoint.silent

  turn "ask" {
    user   = "Hello?"
    expect = failure
    assert {
      condition     = response.error_class == "empty"
      error_message = "The class is ${response.error_class}."
    }
  }
}

endpoint "page" {
  simulator {
    fault {
      kind = html
    }
  }
}

conversation "page" {
  endpoint = endpoint.page

  turn "ask" {
    user   = "Hello?"
    expect = failure
    assert {
      condition     = response.error_class == "protocol"
      error_message = "The class is ${response.error_class}."
    }
  }
}

endpoint "stuck" {
  timeout_idle = "200ms"
  simulator {
    fault {
      kind = stall_idle
    }
  }
}

conversation "stuck" {
  endpoint = endpoint.stuck

  turn "ask" {
    user   = "Hello?"
    expect = failure
    assert {
      condition     = response.error_class == "timeout_idle"
      error_message = "The class is ${response.error_class}."
    }
  }
}
