# want: condition_wrong_operand.hcl:11,23-42: Invalid operand; Unsuitable value for left operand: number required, but have list of object.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = response.tool_calls > 1
      error_message = "No."
    }
  }
}
