# want: duplicate_turn.hcl:11,3-11: Name declared twice; This conversation already has a turn named "t". The other is at duplicate_turn.hcl:8.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
  turn "t" {
    user = "Hi again."
  }
}
