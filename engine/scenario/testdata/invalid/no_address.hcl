# want: no_address.hcl:3,1-13: No address; endpoint "a" needs base_url, or simulator {} for the embedded endpoint.

endpoint "a" {
  model = "m"
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
