# want: robot_none.hcl:7,1-10: No robot; robot "r" needs daemon { url = … }, or simulator {} for the embedded robot.

endpoint "a" {
  simulator {}
}

robot "r" {
  on_exit = hold
}

conversation "c" {
  robot = robot.r

  turn "t" {
    user = "Hi."
  }
}
