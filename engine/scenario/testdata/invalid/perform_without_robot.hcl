# want: perform_without_robot.hcl:12,3-18: No robot; conversation "c" has no robot to perform this: write robot = robot.NAME in it.

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {}
}

conversation "c" {
  perform "hello" {
    on      = prompt
    gesture = gesture.nod
  }

  turn "t" {
    user = "Hi."
  }
}
