# want: newer_language.hcl:4,14-15: Newer language; This file is written in version 2 of the language; this program knows version 1. A newer aimbench reads it.

aimbench {
  language = 2
}

robbot "x" {}

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
