package run

import (
	"math"
	"sync"
	"time"

	"aimbench/engine/scenario"
)

// crew are the users of a closed loop. User i is there while the level is above i, so that a part of a user counts as one.
// A stage that lowers the level lets its users end their conversations.
type crew struct {
	level  level
	users  int // who are ever there
	warmup time.Duration
	part   Part
	// spent is called when the last of a number of conversations has been given out.
	spent func()

	mu      sync.Mutex
	next    int64 // the number that the next conversation gets
	left    int   // how many conversations may still start that count
	bounded bool  // left counts
}

func newCrew(l *scenario.Load, part Part) *crew {
	c := &crew{level: steady(float64(l.Users), l.Warmup), warmup: l.Warmup, part: part, next: int64(part.Index)}
	switch {
	case len(l.Stages) > 0:
		c.level = append(c.level, staged(float64(l.Users), l.Stages)...)
	case l.Iterations > 0:
		c.level = append(c.level, steady(float64(l.Users), forever)...)
	default:
		c.level = append(c.level, steady(float64(l.Users), l.Duration)...)
	}
	for _, s := range c.level {
		if s.length > 0 {
			c.users = max(c.users, int(math.Ceil(max(s.from, s.to))))
		}
	}
	if l.Iterations > 0 {
		c.bounded = true
		c.left = l.Iterations/c.users*part.of(c.users) + part.of(l.Iterations%c.users)
	}
	return c
}

// start is when a user who is free at a time since the load began starts a conversation: at once, or when the level next
// has room; false where it never has.
func (c *crew) start(user int, free time.Duration) (time.Duration, bool) {
	return c.level.above(float64(user), free)
}

// take gives out the number of a conversation that starts at a time since the load began; false where enough have
// started. Number n is one for user n modulo the users, but whoever of the part is free takes it: the last conversations
// are not left to the slowest user.
func (c *crew) take(at time.Duration) (int64, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.bounded && at >= c.warmup {
		if c.left == 0 {
			return 0, false
		}
		if c.left--; c.left == 0 {
			c.spent()
		}
	}
	number := c.next
	c.next++
	for !c.part.has(c.next % int64(c.users)) {
		c.next++
	}
	return number, true
}
