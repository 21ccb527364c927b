# want: duration_without_unit.hcl:4,13-15: Unit missing; timeout is a duration: write it with a unit, such as "500ms" or "30s".

endpoint "a" {
  timeout = 30
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
