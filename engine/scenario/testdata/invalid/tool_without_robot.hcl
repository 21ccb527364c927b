# want: tool_without_robot.hcl:16,12-20: No robot; conversation "c" has no robot for the gesture of tool.nod: write robot = robot.NAME in it.

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {}
}

tool "nod" {
  gesture = gesture.nod
}

conversation "c" {
  tools = [tool.nod]

  turn "t" {
    user = "Hi."
  }
}
