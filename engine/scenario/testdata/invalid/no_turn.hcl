# want: no_turn.hcl:7,1-17: No turn; A conversation needs at least one turn block.

endpoint "a" {
  simulator {}
}

conversation "c" {
  system = "Be brief."
}
