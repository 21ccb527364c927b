# want: perform_occasion.hcl:18,17-27: Unknown keyword; on cannot be first_tokn. Did you mean "first_token"? It is one of prompt, listening, waiting, first_token, sentence, reply, tool_call, interrupted, failure or idle.

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {}
}

conversation "c" {
  robot = robot.r

  turn "t" {
    user = "Hi."

    perform "hello" {
      on      = first_tokn
      gesture = gesture.nod
    }
  }
}
