# want: regular_expression.hcl:6,14-19: Invalid when; when must be a regular expression of RE2's syntax.

endpoint "a" {
  simulator {
    reply {
      when = "(?<"
      text = "Hi."
    }
  }
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}
