# want: state_without_robot.hcl:12,23-40: Not known here; robot is known only in the assertions of a conversation that has a robot.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."

    assert {
      condition     = robot.state.pitch > 0.1
      error_message = "No."
    }
  }
}
