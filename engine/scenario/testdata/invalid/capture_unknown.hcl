# want: capture_unknown.hcl:12,37-41: Unknown attribute; turn.t.capture has no attribute named "nam". Did you mean "name"?

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
    capture = { name = response.text }
    assert {
      condition     = turn.t.capture.nam != ""
      error_message = "No."
    }
  }
}
