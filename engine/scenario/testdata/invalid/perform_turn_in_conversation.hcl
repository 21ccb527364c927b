# want: perform_turn_in_conversation.hcl:16,15-35: Not known here; A conversation's performs hold for every turn, so that they cannot use one.

endpoint "a" {
  simulator {}
}

robot "r" {
  simulator {}
}

conversation "c" {
  robot = robot.r

  perform "hello" {
    on      = prompt
    when    = turn.t.response.text == "Hi."
    gesture = gesture.nod
  }

  turn "t" {
    user = "Hi."
  }
}
