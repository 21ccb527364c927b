# want: perform_attribute_unknown.hcl:23,40-46: Unknown attribute; perform.hello has no attribute named "staus". Did you mean "status"?

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
      condition     = try(perform.hello.staus == "done", false)
      error_message = "No."
    }
  }
}
