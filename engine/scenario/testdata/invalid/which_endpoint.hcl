# want: which_endpoint.hcl:10,1-17: Which endpoint?; There are several endpoints: conversation "c" must say endpoint = endpoint.NAME. There is "a" and "b".

endpoint "a" {
  simulator {}
}
endpoint "b" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
