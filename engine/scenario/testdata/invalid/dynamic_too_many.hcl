# want: dynamic_too_many.hcl:19,16-30: Invalid for_each; for_each has 1001 elements; at most 1000 are allowed.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}

load "l" {
  mix {
    conversation = conversation.c
  }
  arrival = constant
  dynamic "stage" {
    for_each = range(0, 1001)
    labels   = ["at_${stage.key}"]
    content {
      target = 3
      hold   = "1s"
    }
  }
}
