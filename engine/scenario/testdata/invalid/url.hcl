# want: url.hcl:4,14-30: Invalid base_url; base_url must be an address such as http://127.0.0.1:8000.

endpoint "a" {
  base_url = "127.0.0.1:8000"
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
