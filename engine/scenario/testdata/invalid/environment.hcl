# want: environment.hcl:4,15-19: Invalid function argument; Invalid value for "name" parameter: a scenario may read HOME from the environment only where --allow-env HOME is given; names that begin with AIM_, AIMBENCH_, REACHY_, ROBOT_, E2E_ or EDGE_ need no leave.

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
