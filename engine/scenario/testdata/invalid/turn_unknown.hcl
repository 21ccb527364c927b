# want: turn_unknown.hcl:12,28-34: Unknown turn; No turn is named "frist". Did you mean "first"?

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "first" {
    user = "Hi."
  }
  turn "second" {
    user = "You said ${turn.frist.response.text}"
  }
}
