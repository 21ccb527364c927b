aimbench {
  language = 1
}

endpoint "aim" {
  simulator {}
}
