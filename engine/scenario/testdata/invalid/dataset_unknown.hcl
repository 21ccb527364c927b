# want: dataset_unknown.hcl:9,15-25: Unknown dataset; No dataset is named "questions".

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = row.questions.prompt
  }
}
