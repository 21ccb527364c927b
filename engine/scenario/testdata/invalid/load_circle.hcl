# want: load_circle.hcl:19,14-20: Circular loads; A load cannot come after itself: load.l after load.l.

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
  after    = load.l
}
