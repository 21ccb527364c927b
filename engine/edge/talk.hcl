# The conversation that edge has without a scenario. What a reply says and how soon it came choose a gesture: the first
# that fits, in the order of the performs below.
locals {
  says_yes         = "(?i)^\\W*(yes|yeah|yep|sure|of course|certainly|absolutely)\\b"
  says_no          = "(?i)^\\W*(no|nope|never|not at all)\\b"
  says_enthusiasm  = "(?i)\\b(great|excellent|fantastic|wonderful|awesome|amazing|hooray)\\b"
  says_agreement   = "(?i)\\b(i agree|exactly|that is right|that's right|good point|indeed)\\b"
  says_question    = "[?]\\W*$"
  says_surprise    = "(?i)\\b(wow|oh my|really|incredible|surprising|surprised)\\b"
  says_uncertainty = "(?i)\\b(perhaps|maybe|not sure|i think|might|it depends)\\b"
  says_apology     = "(?i)\\b(sorry|apologi[sz]e|unfortunately)\\b"
  says_negative    = "(?i)\\b(cannot|can't|won't|do not|don't|unable|impossible)\\b"
  says_hello       = "(?i)\\b(hello|hi|hey|welcome|good (morning|afternoon|evening)|nice to meet you)\\b"

  up_to_no          = "(${local.says_yes})|(${local.says_no})"
  up_to_enthusiasm  = "${local.up_to_no}|(${local.says_enthusiasm})"
  up_to_agreement   = "${local.up_to_enthusiasm}|(${local.says_agreement})"
  up_to_question    = "${local.up_to_agreement}|(${local.says_question})"
  up_to_surprise    = "${local.up_to_question}|(${local.says_surprise})"
  up_to_uncertainty = "${local.up_to_surprise}|(${local.says_uncertainty})"
  up_to_apology     = "${local.up_to_uncertainty}|(${local.says_apology})"
  up_to_negative    = "${local.up_to_apology}|(${local.says_negative})"
}

tool "nod" {
  description = "Nod your head: yes, or that you agree."
  gesture     = gesture.nod
  max_calls   = 2
}

tool "shake_head" {
  description = "Shake your head: no, or that you disagree."
  gesture     = gesture.no
  max_calls   = 2
}

tool "celebrate" {
  description = "Bounce and turn with joy, when there is something to celebrate."
  gesture     = gesture.excited
  max_calls   = 2
}

tool "look_closer" {
  description = "Push your head forward and turn it, out of curiosity."
  gesture     = gesture.curious
  max_calls   = 2
}

tool "wave" {
  description = "Look up and wave with both antennas, to greet or to say goodbye."
  gesture     = gesture.greeting
  max_calls   = 2
}

conversation "talk" {
  description = "A person talks with the robot."
  endpoint    = endpoint.aim
  robot       = robot.reachy
  speak       = true
  tools       = [tool.nod, tool.shake_head, tool.celebrate, tool.look_closer, tool.wave]
  system      = <<-EOT
    You are Reachy Mini, a small friendly robot on a desk, with a head that moves and two antennas. What you say is
    spoken aloud: answer in one or two short sentences, without lists, code or emoji. Call a function to move only
    where the person asks for it or where it says more than words.
  EOT

  perform "listening" {
    on      = listening
    gesture = gesture.listening
  }
  perform "ack" {
    on      = prompt
    gesture = gesture.ack
  }
  perform "thinking" {
    on      = waiting
    after   = "700ms"
    gesture = gesture.thinking
  }
  perform "sorry" {
    on      = failure
    gesture = gesture.error
  }

  # By content.
  perform "yes" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_yes, response.text))
    gesture = gesture.nod
  }
  perform "no" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_no, response.text)) && !can(regex(local.says_yes, response.text))
    gesture = gesture.no
  }
  perform "enthusiasm" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_enthusiasm, response.text)) && !can(regex(local.up_to_no, response.text))
    gesture = gesture.excited
  }
  perform "agreement" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_agreement, response.text)) && !can(regex(local.up_to_enthusiasm, response.text))
    gesture = gesture.agreeing
  }
  perform "question" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_question, response.text)) && !can(regex(local.up_to_agreement, response.text))
    gesture = gesture.curious
  }
  perform "surprise" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_surprise, response.text)) && !can(regex(local.up_to_question, response.text))
    gesture = gesture.surprised
  }
  perform "uncertainty" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_uncertainty, response.text)) && !can(regex(local.up_to_surprise, response.text))
    gesture = gesture.confused
  }
  perform "apology" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_apology, response.text)) && !can(regex(local.up_to_uncertainty, response.text))
    gesture = gesture.nod_tilt
  }
  perform "negative" {
    on      = reply
    when    = length(response.tool_calls) == 0 && can(regex(local.says_negative, response.text)) && !can(regex(local.up_to_apology, response.text))
    gesture = gesture.no
  }
  perform "explanation" {
    on      = reply
    when    = length(response.tool_calls) == 0 && length(split(" ", response.text)) >= 20 && !can(regex(local.up_to_negative, response.text))
    gesture = gesture.emphatic
  }
  perform "greeting" {
    on      = reply
    when    = length(response.tool_calls) == 0 && length(split(" ", response.text)) <= 10 && can(regex(local.says_hello, response.text)) && !can(regex(local.up_to_negative, response.text))
    gesture = gesture.greeting
  }

  # By how soon it came, where the content chose nothing.
  perform "fast" {
    on      = reply
    when    = response.e2e != null && coalesce(response.e2e, 0) < 0.8 && length(response.tool_calls) == 0 && length(split(" ", response.text)) < 20 && !can(regex("${local.up_to_negative}|(${local.says_hello})", response.text))
    gesture = gesture.nod_fast
  }
  perform "usual" {
    on      = reply
    when    = response.e2e != null && coalesce(response.e2e, 0) >= 0.8 && coalesce(response.e2e, 0) <= 2.5 && length(response.tool_calls) == 0 && length(split(" ", response.text)) < 20 && !can(regex("${local.up_to_negative}|(${local.says_hello})", response.text))
    gesture = gesture.complete
  }
  perform "slow" {
    on      = reply
    when    = response.e2e != null && coalesce(response.e2e, 0) > 2.5 && length(response.tool_calls) == 0 && length(split(" ", response.text)) < 20 && !can(regex("${local.up_to_negative}|(${local.says_hello})", response.text))
    gesture = gesture.thinking_done
  }

  defaults {
    max_tokens  = var.max_tokens
    temperature = 0.7
  }

  turn "hello" {
    user = "Hello! Who are you?"
  }
}
