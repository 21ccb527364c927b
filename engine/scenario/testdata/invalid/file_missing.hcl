# want: file_missing.hcl:8,12-17: Error in function call; Call to function "file" failed: the file cannot be read: no such file or directory.

endpoint "a" {
  simulator {}
}

conversation "c" {
  system = file("nowhere.md")

  turn "t" {
    user = "Hi."
  }
}
