# want: file_missing.hcl:8,18-28: Invalid function argument; Invalid value for "name" parameter: the file cannot be read: there is no such file.

endpoint "a" {
  simulator {}
}

conversation "c" {
  system = file("nowhere.md")

  turn "t" {
    user = "Hi."
  }
}
