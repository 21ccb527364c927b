# want: references_not_a_list.hcl:12,11-17: List of references expected; tools is a list of references: write tools = [tool.NAME].

endpoint "a" {
  simulator {}
}

tool "x" {
  result = "1"
}

conversation "c" {
  tools = tool.x

  turn "t" {
    user = "Hi."
  }
}
