# want: dynamic_not_allowed.hcl:19,11-19: Unsupported dynamic block; dynamic makes only mix and stage blocks here.

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
  users    = 1
  duration = "1s"
  dynamic "replay" {
    for_each = [1]
    content {
    }
  }
}
