# want: header_on_two_lines.hcl:4,13-33: Invalid headers; headers must have names of letters, digits and dashes, and values on one line.

endpoint "a" {
  headers = { X-Trace = "a\nb" }
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
