# want: user_number.hcl:9,12-28: Invalid user; user is not what a user can say: it must be text, or a list of text(), image() and synthetic() parts.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = { text = "Hi." }
  }
}
