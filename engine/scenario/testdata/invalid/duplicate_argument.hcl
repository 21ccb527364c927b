# want: duplicate_argument.hcl:10,5-9: Attribute redefined; The argument "user" was already set at duplicate_argument.hcl:9,5-9. Each argument may be set only once.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    user = "Hi."
  }
}
