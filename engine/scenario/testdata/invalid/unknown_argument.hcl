# want: unknown_argument.hcl:4,3-11: Unsupported argument; An endpoint has no argument named "base_ulr". Did you mean "base_url"?

endpoint "a" {
  base_ulr = "http://127.0.0.1:8000"
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
