package acceptance

import (
	"context"
	"math"
	"sync"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/robot"
	"aimbench/robot/motion"
)

// watchPeriod is how often a robot is looked at, and mostSamples how often that is kept.
const (
	watchPeriod = 20 * time.Millisecond
	mostSamples = 3000
)

// sample is where a robot was at a time, and what it was doing.
type sample struct {
	at       time.Time
	pose     robot.Pose
	activity motion.Activity
}

// watch sees what a robot does besides the gestures of its turns.
type watch struct {
	machine *engine.Machine
	start   time.Time // of the clock that its instants are of
	stop    context.CancelFunc
	ended   chan struct{}

	mu      sync.Mutex
	samples []sample
	slept   bool
	woke    time.Time
}

func newWatch(ctx context.Context, m *engine.Machine, start time.Time) *watch {
	w := &watch{machine: m, start: start, ended: make(chan struct{})}
	ctx, w.stop = context.WithCancel(ctx)
	go w.look(ctx)
	return w
}

func (w *watch) close() {
	if w != nil {
		w.stop()
		<-w.ended // what was seen stays
	}
}

func (w *watch) look(ctx context.Context) {
	defer close(w.ended)
	tick := time.NewTicker(watchPeriod)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		s := sample{at: time.Now(), activity: w.machine.Loop.State().Activity}
		if w.machine.Simulator != nil {
			s.pose = w.machine.Simulator.Pose()
		} else {
			var when time.Time
			if s.pose, when = w.machine.Client.Measured(); when.IsZero() {
				continue
			}
		}
		w.add(s)
	}
}

func (w *watch) add(s sample) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case s.activity == motion.Asleep:
		w.slept = true
	case w.slept && w.woke.IsZero() && s.activity != motion.Lost && s.activity != motion.Starting:
		w.woke = s.at
	}
	if len(w.samples) == mostSamples {
		w.samples = append(w.samples[:0], w.samples[mostSamples/2:]...)
	}
	w.samples = append(w.samples, s)
}

func degrees(rad float64) float64 { return rad * 180 / math.Pi }

// wokeAt is when the robot first left its sleep; 0 where it did not.
func (w *watch) wokeAt() event.Instant {
	if w == nil {
		return 0
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.woke.IsZero() {
		return 0
	}
	return max(1, event.Instant(w.woke.Sub(w.start)))
}

// lately are the samples of a time until now.
func (w *watch) lately(d time.Duration) []sample {
	w.mu.Lock()
	defer w.mu.Unlock()
	from := time.Now().Add(-d)
	for i, s := range w.samples {
		if s.at.After(from) {
			return append([]sample(nil), w.samples[i:]...)
		}
	}
	return nil
}

// sway is how far the antennas and the head went in samples, in radians.
func sway(samples []sample) (antennas, head float64) {
	low, high := math.Inf(1), math.Inf(-1)
	for _, s := range samples {
		low, high = min(low, s.pose.Antennas[0]), max(high, s.pose.Antennas[0])
		head = max(head, samples[0].pose.Distance(s.pose).Angle)
	}
	return high - low, head
}
