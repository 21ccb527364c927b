# want: rubric_attribute_unknown.hcl:17,40-46: Unknown attribute; rubric.polite has no attribute named "scroe". Did you mean "score"?

endpoint "a" {
  simulator {}
}

rubric "polite" {
  endpoint = endpoint.a
  criteria = "It is polite."
}

conversation "c" {
  endpoint = endpoint.a
  turn "t" {
    user = "Hi."
    assert {
      condition     = try(rubric.polite.scroe, 1) > 0.5
      error_message = "No."
    }
  }
}
