# A trace's arrivals and sizes; a closed loop after it.
endpoint "aim" {
  simulator {
    ttft  = lognormal("200ms", "80ms")
    itl   = "12ms"
    slots = 4
  }
}

dataset "trace" {
  source = "trace.jsonl"
  on_end = stop
}

conversation "traced" {
  turn "ask" {
    user          = [synthetic({ tokens = row.trace.input_length, shared_by = row.trace.hash_ids })]
    output_tokens = row.trace.output_length
  }
}

conversation "ask" {
  turn "ask" {
    user = "Number ${iteration}, please."
  }
}

load "day" {
  mix {
    conversation = conversation.traced
  }
  replay {
    dataset = dataset.trace
    speedup = 2
  }
}

load "night" {
  mix {
    conversation = conversation.traced
    weight       = 7
  }
  mix {
    conversation = conversation.ask
    weight       = 3
  }
  users    = 50
  duration = "10m"
  after    = load.day
}
