package engine

import (
	"context"
	"slices"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/run"
)

// checkEvery is how often a run looks whether an objective ends it.
const checkEvery = time.Second

// Windower is a sink that is also told when the loads want turns, as measure.Recorder.Windows is. It may be called at the
// same time as Record.
type Windower interface {
	Windows([]event.Window)
}

// window hands on when a load wants turns to all that take it.
func (e *Engine) window(of []event.Window) {
	if e.options.Followers != nil {
		e.windowOf(0, of)
		return
	}
	e.announce(of)
}

func (e *Engine) announce(of []event.Window) {
	e.recorder.Windows(of)
	for _, sink := range e.sinks {
		if w, ok := sink.(Windower); ok {
			w.Windows(of)
		}
	}
}

// runLoads runs the plan's loads until each has ended, or an objective that says so was missed: then no further
// conversation starts, and those that are under way have the graceful stop of their load.
func (e *Engine) runLoads(ctx context.Context) []measure.Abort {
	schedule, stop := context.WithCancel(ctx)
	ended, missed := make(chan struct{}), make(chan []measure.Abort, 1)
	go func() {
		aborted := e.watchObjectives(ended)
		if e.options.Followers != nil && len(aborted) > 0 {
			e.options.Followers.Stop()
		}
		missed <- aborted
		stop()
	}()
	if e.options.Shard != nil {
		go func() {
			select {
			case <-e.options.Shard.Stopped():
				stop()
			case <-ended:
			}
		}()
	}
	e.loads.Run(ctx, schedule)
	if e.options.Followers != nil {
		e.options.Followers.Wait(ctx)
	}
	close(ended)
	aborted := <-missed
	stop()
	if e.options.Note != nil && !e.follows() {
		for _, note := range e.loads.Notes() {
			e.options.Note(note)
		}
	}
	return aborted
}

// watchObjectives waits for an objective that says to end the run, missed in two checks in a row; nil where ended came first.
func (e *Engine) watchObjectives(ended <-chan struct{}) []measure.Abort {
	aborts := func(o measure.Objective) bool { return o.Abort }
	if e.follows() || !slices.ContainsFunc(e.recorder.Rules().Objectives, aborts) {
		<-ended
		return nil
	}
	ticker := time.NewTicker(checkEvery)
	defer ticker.Stop()
	var before []string
	for {
		select {
		case <-ended:
			return nil
		case <-ticker.C:
		}
		now := e.clock.Now()
		missed := e.recorder.Missed(now)
		var aborted []measure.Abort
		for _, id := range missed {
			if slices.Contains(before, id) {
				aborted = append(aborted, measure.Abort{Objective: id, At: now})
			}
		}
		if len(aborted) > 0 {
			return aborted
		}
		before = missed
	}
}

// Loads are how far the loads are. It may be called while they run.
func (e *Engine) Loads() []run.State { return e.everywhere(e.loads.States()) }

// InFlight is the number of conversations that a load has under way; its name is empty where conversations run once.
func (e *Engine) InFlight(load string) int {
	if load == "" {
		return int(e.single.Load())
	}
	for _, s := range e.Loads() {
		if s.Load == load {
			return int(s.InFlight)
		}
	}
	return 0
}
