# want: no_endpoint.hcl:3,1-17: No endpoint; conversation "c" needs an endpoint block to talk to.

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
