package engine

import (
	"context"

	"aimbench/engine/run"
)

// runLoads runs the plan's loads until each has ended.
func (e *Engine) runLoads(ctx context.Context) {
	schedule, stop := context.WithCancel(ctx)
	defer stop()
	e.windows = e.loads.Run(ctx, schedule)
	if e.options.Note != nil {
		for _, note := range e.loads.Notes() {
			e.options.Note(note)
		}
	}
}

// Loads are how far the loads are. It may be called while they run.
func (e *Engine) Loads() []run.State { return e.loads.States() }

// InFlight is the number of conversations that a load has under way; its name is empty where conversations run once.
func (e *Engine) InFlight(load string) int {
	if load == "" {
		return int(e.single.Load())
	}
	for _, s := range e.loads.States() {
		if s.Load == load {
			return int(s.InFlight)
		}
	}
	return 0
}
