# want: rubric_which_endpoint.hcl:10,1-16: Which endpoint?; There are several endpoints: rubric "polite" must say endpoint = endpoint.NAME. There is "a" and "b".

endpoint "a" {
  simulator {}
}
endpoint "b" {
  simulator {}
}

rubric "polite" {
  criteria = "It is polite."
}

conversation "c" {
  endpoint = endpoint.a
  turn "t" {
    user = "Hi."
    assert {
      condition     = rubric.polite.met
      error_message = "No."
    }
  }
}
