# want: response_before_reply.hcl:9,24-37: Not known here; response is known only in a turn's capture and assert; an earlier turn's is turn.NAME.response.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "You said ${response.text}"
  }
}
