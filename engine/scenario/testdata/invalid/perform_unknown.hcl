# want: perform_unknown.hcl:23,30-35: Unknown perform; No perform is named "helo". Did you mean "hello"?

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
      condition     = perform.helo.status == "done"
      error_message = "No."
    }
  }
}
