# want: text_without_quotes.hcl:11,49-53: Unknown name; Nothing is named "stop" here. Text must stand in quotes.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    assert {
      condition     = response.finish_reason == stop
      error_message = "No."
    }
  }
}
