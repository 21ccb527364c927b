# want: tool_nothing.hcl:7,1-11: Nothing to do; tool "nod" needs a result, which is sent back to the model, or a gesture.

endpoint "a" {
  simulator {}
}

tool "nod" {
  description = "Nod."
}

conversation "c" {
  tools = [tool.nod]

  turn "t" {
    user = "Hi."
  }
}
