# want: environment.hcl:4,10-14: Error in function call; Call to function "env" failed: the environment is read under AIM_, AIMBENCH_, REACHY_, ROBOT_, E2E_, EDGE_ only; allow another name with --allow-env NAME.

locals {
  home = env("HOME", "")
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
