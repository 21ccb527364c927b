# want: robot_share_simulated.hcl:8,11-16: Nothing to share; Each conversation has an embedded robot of its own: share is for a robot behind a daemon.

endpoint "a" {
  simulator {}
}

robot "r" {
  share = first
  simulator {}
}

conversation "c" {
  robot = robot.r

  turn "t" {
    user = "Hi."
  }
}
