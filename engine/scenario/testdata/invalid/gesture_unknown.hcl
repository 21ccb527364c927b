# want: gesture_unknown.hcl:19,17-29: Unknown gesture; No gesture is named "nodd". Did you mean "nod"?

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
      gesture = gesture.nodd
    }
  }
}
