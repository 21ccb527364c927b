# want: robot_fault_lost.hcl:9,5-10: No end; A robot that is lost must come back: lost needs for = "…".

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {
    fault {
      kind = lost
    }
  }
}

conversation "c" {
  robot = robot.r

  turn "t" {
    user = "Hi."
  }
}
