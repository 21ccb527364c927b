# want: call_outside_tool.hcl:11,23-37: Not known here; call is known only in a tool's result, and in the when of a perform on = tool_call.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = call.arguments != null
      error_message = "No."
    }
  }
}
