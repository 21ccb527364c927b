# want: dynamic_sensitive.hcl:24,16-28: Invalid for_each; for_each must not be made from a sensitive value, as the number of blocks would show it.

endpoint "a" {
  simulator {}
}

conversation "c" {
  turn "t" {
    user = "Hi."
  }
}

variable "secret" {
  default   = "hush"
  sensitive = true
}

load "l" {
  mix {
    conversation = conversation.c
  }
  arrival = constant
  dynamic "stage" {
    for_each = [var.secret]
    labels   = ["a"]
    content {
      target = 3
      hold   = "1s"
    }
  }
}
