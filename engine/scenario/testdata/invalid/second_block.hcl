# want: second_block.hcl:5,3-12: Second simulator block; An endpoint has at most one simulator block. The other is at second_block.hcl:4.

endpoint "a" {
  simulator {}
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
