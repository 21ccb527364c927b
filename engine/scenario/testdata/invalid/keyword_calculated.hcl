# want: keyword_calculated.hcl:4,9-34: Keyword expected; api is a keyword, which stands for itself; it cannot be calculated. It is one of chat or completions.

endpoint "a" {
  api = true ? chat : completions
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
