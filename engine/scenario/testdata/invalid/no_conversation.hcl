# want: no_conversation.hcl:1,1-1: No conversation; A scenario needs at least one conversation block: there is nothing to run.

endpoint "a" {
  simulator {}
}
