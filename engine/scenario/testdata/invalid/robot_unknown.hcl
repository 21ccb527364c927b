# want: robot_unknown.hcl:12,11-23: Unknown robot; No robot is named "reachy". There is "r".

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {}
}

conversation "c" {
  robot = robot.reachy

  turn "t" {
    user = "Hi."
  }
}
