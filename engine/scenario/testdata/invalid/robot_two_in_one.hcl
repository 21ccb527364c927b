# want: robot_two_in_one.hcl:9,3-9: Two robots in one; A robot is either one behind a daemon {}, or the embedded one by simulator {}, not both. The other is at robot_two_in_one.hcl:8.

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {}
  daemon {
    url = "http://127.0.0.1:8000"
  }
}

conversation "c" {
  robot = robot.r

  turn "t" {
    user = "Hi."
  }
}
