# want: tool_name.hcl:3,1-19: Invalid name; A function's name is 1 to 64 letters, digits, underscores and dashes, as the OpenAI API demands.

tool "get weather" {
  result = "fine"
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
