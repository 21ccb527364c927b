package plan

import (
	"math"
	"time"

	"aimbench/engine/scenario"
)

// turns is how many turns are planned that an objective is about; false where that is not known before the run.
func (p *Plan) turns(o *scenario.Objective) (int, bool) {
	counted := func(c *scenario.Conversation) int {
		switch {
		case o.Conversation != nil && o.Conversation.Name != c.Name:
			return 0
		case o.Turn != "":
			return 1
		}
		return len(c.Turns)
	}
	if len(p.Loads) == 0 {
		total := 0
		for _, c := range p.Conversations {
			total += counted(c)
		}
		return total, true
	}
	total := 0.0
	for _, l := range p.Loads {
		if o.Load != nil && o.Load.Name != l.Name {
			continue
		}
		n, known := Conversations(l)
		if !known {
			return 0, false
		}
		weights, share := 0.0, 0.0
		for _, m := range l.Mix {
			weights += m.Weight
			share += m.Weight * float64(counted(m.Conversation))
		}
		if weights > 0 {
			total += n * share / weights
		}
	}
	return int(math.Round(total)), true
}

// Conversations is how many conversations a load is expected to start after its warmup; false where that hangs on how
// fast they end.
func Conversations(l *scenario.Load) (float64, bool) {
	switch {
	case l.Iterations > 0:
		return float64(l.Iterations), true
	case l.Replay != nil:
		n := 0
		for _, at := range l.Replay.Times {
			if at >= l.Warmup {
				n++
			}
		}
		return float64(n), true
	case l.Users > 0:
		return 0, false
	case len(l.Stages) > 0:
		return integral(l.Stages), true
	}
	return l.Rate * l.Duration.Seconds(), true
}

// integral is the area under the stages' targets: ramps are straight lines from the stage before, the first from 0.
func integral(stages []scenario.Stage) float64 {
	total, from := 0.0, 0.0
	for _, s := range stages {
		total += (from+s.Target)/2*s.Ramp.Seconds() + s.Target*s.Hold.Seconds()
		from = s.Target
	}
	return total
}

// Length is how long a load starts conversations, warmup included; false where that hangs on how fast they end.
func Length(l *scenario.Load) (time.Duration, bool) {
	switch {
	case l.Replay != nil:
		if len(l.Replay.Times) == 0 {
			return 0, true
		}
		return l.Replay.Times[len(l.Replay.Times)-1], true
	case len(l.Stages) > 0:
		total := l.Warmup
		for _, s := range l.Stages {
			total += s.Ramp + s.Hold
		}
		return total, true
	case l.Duration > 0:
		return l.Warmup + l.Duration, true
	case l.Iterations > 0 && l.Rate > 0:
		return l.Warmup + time.Duration(float64(l.Iterations)/l.Rate*float64(time.Second)), true
	}
	return 0, false
}

// Peak is the most that a load wants: users in a closed loop, else conversations a second; 0 for a replay.
func Peak(l *scenario.Load) float64 {
	if len(l.Stages) == 0 {
		return max(float64(l.Users), l.Rate)
	}
	peak := 0.0
	if l.Warmup > 0 || l.Stages[0].Ramp > 0 {
		peak = float64(l.Users) // where the first ramp begins
	}
	for _, s := range l.Stages {
		peak = max(peak, s.Target)
	}
	return peak
}

// whole is how long the run starts conversations, from the first load to the last.
func (p *Plan) whole() (time.Duration, bool) {
	longest, known := time.Duration(0), true
	for _, l := range p.Loads {
		end, ok := ending(l, len(p.Loads))
		known = known && ok
		longest = max(longest, end)
	}
	return longest, known && len(p.Loads) > 0
}

func ending(l *scenario.Load, depth int) (time.Duration, bool) {
	length, known := Length(l)
	start := l.Start
	if l.After != nil && depth > 0 {
		before, ok := ending(l.After, depth-1)
		start += before
		known = known && ok
	}
	return start + length, known
}
