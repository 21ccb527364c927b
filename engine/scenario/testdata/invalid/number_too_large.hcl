# want: number_too_large.hcl:4,10-18: Number out of bounds; A number has at most 400 characters, and an exponent from -308 to 308.

locals {
  many = 1e999999
}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
