# want: perform_call_elsewhere.hcl:19,17-26: Not known here; call is known only in a tool's result, and in the when of a perform on = tool_call.

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
      on      = reply
      when    = call.name == "nod"
      gesture = gesture.nod
    }
  }
}
