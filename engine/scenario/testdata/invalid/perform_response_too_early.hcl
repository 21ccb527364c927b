# want: perform_response_too_early.hcl:19,17-30: Not known here; the reply is not known on first_token; response is known on reply, interrupted, failure and idle.

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
      on      = first_token
      when    = response.text == "yes"
      gesture = gesture.nod
    }
  }
}
