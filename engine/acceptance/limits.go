package acceptance

import (
	"fmt"
	"sync"
	"time"

	"aimbench/engine"
	"aimbench/robot"
	"aimbench/robot/motion"
)

// held holds what the robots of a scenario are told to their limits. Where they are measured to be is too coarse for that.
type held struct {
	limits robot.Limits

	mu     sync.Mutex
	trails map[*engine.Machine]*robot.Trail
	broken error     // the first limit that was not kept
	at     time.Time // when
}

func newHeld(limits *robot.Limits) *held {
	h := &held{limits: robot.DefaultLimits(), trails: map[*engine.Machine]*robot.Trail{}}
	if limits != nil {
		h.limits = *limits
	}
	return h
}

// told takes a target that a robot took.
func (h *held) told(m *engine.Machine, t motion.Target) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.trails[m] == nil {
		h.trails[m] = robot.NewTrail(h.limits)
	}
	if err := h.trails[m].Add(t.Pose, t.Here, t.After); err != nil && h.broken == nil {
		h.broken, h.at = err, t.At
	}
}

// kept finds whether every limit was kept, by a clock that began at start.
func (h *held) kept(start time.Time) finding {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.broken == nil {
		return finding{holds: true}
	}
	return finding{got: fmt.Sprintf("the target at %.2f s: %s", h.at.Sub(start).Seconds(), h.broken)}
}
