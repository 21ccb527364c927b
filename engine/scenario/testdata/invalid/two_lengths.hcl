# want: two_lengths.hcl:11,21-23: Two lengths; max_tokens is a limit, output_tokens an exact length; a turn has one of them. The other is at two_lengths.hcl:10.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    max_tokens    = 10
    output_tokens = 20
  }
}
