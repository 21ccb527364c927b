# The model calls a function; its result is sent back, and the model answers with it.
tool "add" {
  description = "Add two numbers."
  parameters = {
    type       = "object"
    required   = ["a", "b"]
    properties = { a = { type = "number" }, b = { type = "number" } }
  }
  result = call.arguments.a + call.arguments.b
}

endpoint "aim" {
  simulator {
    ttft = "40ms"
    itl  = "2ms"

    reply {
      when = "2 and 3"
      text = "That makes 5."
      tool_call "add" {
        arguments = { a = 2, b = 3 }
      }
    }
  }
}

conversation "sum" {
  endpoint = endpoint.aim
  tools    = [tool.add]

  turn "ask" {
    user = "What do 2 and 3 make?"
    assert {
      condition     = length(response.tool_calls) == 1 && response.tool_calls[0].name == "add"
      error_message = "The model did not use the tool."
    }
    assert {
      condition     = can(regex("5", response.text))
      error_message = "The answer does not say 5: ${response.text}"
    }
  }
}
