# want: hang_up_twice.hcl:12,22-23: Two moments to hang up; Users leave after_tokens or after a time, not both. The other is at hang_up_twice.hcl:11.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    hang_up {
      after        = "1s"
      after_tokens = 3
    }
  }
}
