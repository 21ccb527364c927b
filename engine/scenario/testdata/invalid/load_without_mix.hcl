# want: load_without_mix.hcl:13,1-9: No mix; A load needs at least one mix block.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}

load "l" {
  users    = 3
  duration = "1m"
}
