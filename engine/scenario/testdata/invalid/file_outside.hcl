# want: file_outside.hcl:8,18-32: Invalid function argument; Invalid value for "name" parameter: the file cannot be read: it lies outside the scenario file's directory.

endpoint "a" {
  simulator {}
}

conversation "c" {
  system = file("../../scope.go")

  turn "t" {
    user = "Hi."
  }
}
