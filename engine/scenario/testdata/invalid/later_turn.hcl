# want: later_turn.hcl:9,28-35: Not known here; turn.second has not ended here: a turn can use only turns before it.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "first" {
    user = "You said ${turn.second.response.text}"
  }
  turn "second" {
    user = "Hi."
  }
}
