# want: two_endpoints_in_one.hcl:5,3-12: Two endpoints in one; An endpoint is either a service by base_url, or the embedded one by simulator {}, not both. The other is at two_endpoints_in_one.hcl:4.

endpoint "a" {
  base_url = "http://127.0.0.1:8000"
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
