# want: robot_on_exit.hcl:8,13-17: Unknown keyword; on_exit cannot be slep. Did you mean "sleep"? It is one of sleep or hold.

endpoint "a" {
  simulator {}
}

robot "r" {
  on_exit = slep
  simulator {}
}

conversation "c" {
  robot = robot.r

  turn "t" {
    user = "Hi."
  }
}
