# want: dataset_missing.hcl:4,12-27: Unreadable dataset; dataset "q": nowhere.jsonl cannot be read: there is no such file.

dataset "q" {
  source = "nowhere.jsonl"
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
