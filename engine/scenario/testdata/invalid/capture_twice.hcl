# want: capture_twice.hcl:12,7-8: Name declared twice; This turn already captures "a". The other is at capture_twice.hcl:11.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    capture = {
      a = response.text
      a = response.model
    }
  }
}
