# want: language_wrong.hcl:4,14-19: Invalid language; language must be a whole number, written as such.

aimbench {
  language = "one"
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
