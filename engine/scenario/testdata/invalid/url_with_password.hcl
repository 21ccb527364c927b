# want: url_with_password.hcl:4,14-47: Invalid base_url; base_url must not carry a user or a password: use api_key or headers.

endpoint "a" {
  base_url = "http://me:secret@127.0.0.1:8000"
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
