# want: speak_without_robot.hcl:12,11-15: No robot; conversation "c" has no robot that could speak: write robot = robot.NAME in it.

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {}
}

conversation "c" {
  speak = true

  turn "t" {
    user = "Hi."
  }
}
