# want: robot_state_unknown.hcl:23,34-39: Unknown attribute; robot.state has no attribute named "pich". Did you mean "pitch"?

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {}
}

conversation "c" {
  robot = robot.r

  turn "t" {
    user = "Hi."

    perform "hello" {
      on      = prompt
      gesture = gesture.nod
    }

    assert {
      condition     = robot.state.pich > 0.1
      error_message = "No."
    }
  }
}
