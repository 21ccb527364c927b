# want: hang_up_without_moment.hcl:10,5-12: No moment to hang up; hang_up needs after_tokens, or after with a duration.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    hang_up {
      share = 0.5
    }
  }
}
