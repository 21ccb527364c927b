package run

import (
	"sync"

	"aimbench/engine/scenario"
)

// mix are the conversations of a load, each with its share.
type mix []*ingredient

type ingredient struct {
	conversation *scenario.Conversation
	upTo         float64 // the share of this one and those before it
	// sessions are those that are not in use, with their memory.
	sessions sync.Pool
}

func newMix(entries []scenario.MixEntry) mix {
	total := 0.0
	for _, e := range entries {
		total += e.Weight
	}
	var m mix
	sum := 0.0
	for _, e := range entries {
		if e.Weight > 0 {
			sum += e.Weight
			m = append(m, &ingredient{conversation: e.Conversation, upTo: sum / total})
		}
	}
	return m
}

// pick draws the conversation that a session is of.
func (m mix) pick(site scenario.Site) *ingredient {
	drawn := float64(site.Draw("mix")>>11) / (1 << 53)
	for _, i := range m {
		if drawn < i.upTo {
			return i
		}
	}
	return m[len(m)-1]
}
