# want: file_outside.hcl:8,12-17: Error in function call; Call to function "file" failed: the file cannot be read: path escapes from parent.

endpoint "a" {
  simulator {}
}

conversation "c" {
  system = file("../../scope.go")

  turn "t" {
    user = "Hi."
  }
}
