locals {
  greeting = "${local.word}!"
  word     = "Hello"
}
