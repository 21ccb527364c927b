# want: fault_shares.hcl:11,15-18: Shares above 1; The shares of an endpoint's faults must not add up to more than 1: a reply breaks in one way only.

endpoint "a" {
  simulator {
    fault {
      kind  = http_500
      share = 0.7
    }
    fault {
      kind  = http_429
      share = 0.7
    }
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
