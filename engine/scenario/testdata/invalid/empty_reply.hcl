# want: empty_reply.hcl:5,5-10: Empty reply; A reply needs text, reasoning, refusal or a tool_call.

endpoint "a" {
  simulator {
    reply {
      when = "hello"
    }
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
