# want: number_out_of_bounds.hcl:7,15-18: Invalid share; share must be at least 0 and at most 1.

endpoint "a" {
  simulator {
    fault {
      kind  = http_500
      share = 1.5
    }
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
