# want: perform_in_capture.hcl:21,26-46: Not known here; perform is known only in the assertions of a turn that performs something.

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
    capture = { status = perform.hello.status }
  }
}
