# want: own_turn.hcl:9,28-30: Not known here; turn.t has not ended here: a turn can use only turns before it.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "You said ${turn.t.response.text}"
  }
}
