# want: keyword_in_quotes.hcl:4,9-15: Keyword in quotes; api is a keyword: write api = chat without quotes.

endpoint "a" {
  api = "chat"
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
