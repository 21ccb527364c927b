# want: unknown_block.hcl:3,1-9: Unsupported block; A scenario has no block named "endpiont". Did you mean "endpoint"?

endpiont "b" {
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
