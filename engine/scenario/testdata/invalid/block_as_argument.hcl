# want: block_as_argument.hcl:4,3-12: Unsupported argument; An endpoint has no argument named "simulator". It is a block: write simulator { … } without an equals sign.

endpoint "a" {
  simulator = {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
