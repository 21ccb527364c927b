# want: argument_as_block.hcl:4,3-10: Unsupported block; An endpoint has no block named "headers". It is an argument: write headers = … with an equals sign.

endpoint "a" {
  headers {
    a = "b"
  }
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
