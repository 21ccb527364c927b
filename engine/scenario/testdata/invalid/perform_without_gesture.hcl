# want: perform_without_gesture.hcl:17,5-20: Missing argument; perform "hello" needs gesture: what is done.

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
      on = prompt
    }
  }
}
