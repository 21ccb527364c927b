# want: capture_not_an_object.hcl:10,15-28: Names expected; capture must be written as { name = expression, … }, so that its names are known before the run.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    capture = response.text
  }
}
