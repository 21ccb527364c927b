# want: keyword_unknown.hcl:4,9-14: Unknown keyword; api cannot be chats. Did you mean "chat"? It is one of chat or completions.

endpoint "a" {
  api = chats
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
