# Structured output: the reply must be JSON that fits a schema.
locals {
  room = {
    type                 = "object"
    required             = ["room", "side"]
    additionalProperties = false
    properties = {
      room = { type = "integer" }
      side = { type = "string", enum = ["left", "right"] }
    }
  }
}

endpoint "aim" {
  simulator {
    ttft = "40ms"
    itl  = "2ms"
  }
}

conversation "plan" {
  endpoint = endpoint.aim

  turn "room" {
    user = "Where is room 12? Answer as JSON with keys room and side."
    response_format = {
      type        = "json_schema"
      json_schema = { name = "room", schema = local.room }
    }
    assert {
      condition     = satisfies(response.text, local.room)
      error_message = "The reply does not fit the schema: ${response.text}"
    }
  }
}
