# want: robot_fault_shares.hcl:15,15-18: Shares above 1; The shares of a robot's faults must not add up to more than 1: a request goes wrong in one way only.

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {
    fault {
      kind  = late
      share = 0.7
    }
    fault {
      kind  = refused
      share = 0.7
    }
  }
}

conversation "c" {
  robot = robot.r

  turn "t" {
    user = "Hi."
  }
}
