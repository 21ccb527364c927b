# want: fault_kind.hcl:6,14-22: Unknown keyword; kind cannot be http_430. Did you mean "http_400"? aimbench help language lists what it can be.

endpoint "a" {
  simulator {
    fault {
      kind = http_430
    }
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
