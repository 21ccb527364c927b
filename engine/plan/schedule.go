package plan

import (
	"fmt"
	"strings"

	"aimbench/engine/scenario"
)

// Schedule says on a few words what a load asks for: "open loop, poisson, 10 → 40/s, 6m0s".
func Schedule(l *scenario.Load) string {
	var parts []string
	switch {
	case l.Replay != nil:
		parts = append(parts, fmt.Sprintf("open loop, replay of %s at %s times the speed", l.Replay.Dataset.Name, trim(l.Replay.Speedup)))
	case l.Users > 0:
		parts = append(parts, "closed loop, "+users(l))
	default:
		parts = append(parts, "open loop, "+l.Arrival+", "+levels(l, l.Rate)+"/s")
	}
	if l.Iterations > 0 {
		parts = append(parts, count(l.Iterations, "conversation"))
	}
	if length, known := Length(l); known {
		parts = append(parts, length.String())
	}
	return strings.Join(parts, ", ")
}

func users(l *scenario.Load) string {
	if len(l.Stages) == 0 {
		return count(l.Users, "user")
	}
	return levels(l, float64(l.Users)) + " users"
}

// levels is what a load holds: its only level, or the first and the last of its stages, and the peak where that is neither.
func levels(l *scenario.Load, level float64) string {
	if len(l.Stages) == 0 {
		return trim(level)
	}
	first, last, peak := l.Stages[0].Target, l.Stages[len(l.Stages)-1].Target, Peak(l)
	parts := []string{trim(first)}
	if peak > max(first, last) {
		parts = append(parts, trim(peak))
	}
	if len(l.Stages) > 1 {
		parts = append(parts, trim(last))
	}
	return strings.Join(parts, " → ")
}
