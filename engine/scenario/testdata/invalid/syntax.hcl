# want: syntax.hcl:9,5-9: Argument or block definition required; An argument or block definition is required here. To set an argument, use the equals sign "=" to introduce the argument value.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user: "Hi."
  }
}
