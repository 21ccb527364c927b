package engine

import (
	"bytes"
	"context"
	"fmt"
	"sync"

	"aimbench/engine/audit"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
	"aimbench/engine/run"
	"aimbench/engine/shard"
)

// Shard is the place of a process among several that share the loads of a run. Its Clock is that of them all.
type Shard interface {
	// Begin waits until all of them are ready for the load, or with an empty name for those that do not come after another,
	// and says when it begins. The error says why it does not.
	Begin(ctx context.Context, load string) (event.Instant, error)
	// Part is what of the loads runs here. It is known when Begin has returned.
	Part() run.Part
	// Stopped is closed when no further conversation is to start anywhere.
	Stopped() <-chan struct{}
}

// Followers are the other processes of a run, for the one that leads them.
type Followers interface {
	// Stop lets no further conversation start anywhere.
	Stop()
	// Wait waits until what all of them measured was handed to Engine.Merge. The end of ctx cuts their conversations off.
	Wait(ctx context.Context)
	// Settle adds to the ending what became of them, and lets them go.
	Settle(ctx context.Context, e *measure.Ending)
}

// shards is what is known of the other processes of a run, by their indexes.
type shards struct {
	mu      sync.Mutex
	windows map[string]map[int][]event.Window
	states  map[int][]run.State
}

// follows reports whether another process judges.
func (e *Engine) follows() bool { return e.options.Shard != nil && e.options.Followers == nil }

func (e *Engine) beginShard(ctx context.Context, load string) (event.Instant, error) {
	at, err := e.options.Shard.Begin(ctx, load)
	if err == nil && load == "" {
		e.loads.Part = e.options.Shard.Part()
		e.watch.Stop() // while it waited, there was nothing to watch
		e.watch = audit.Start(e.clockSteps)
	}
	return at, err
}

// Merge adds what another process of the run has: to what is judged, and for the sinks. An error says that the part was not
// one; what of it came before is in.
func (e *Engine) Merge(index int, p shard.Part) error {
	if len(p.Measured) > 0 {
		if err := e.recorder.Merge(p.Measured); err != nil {
			return err
		}
	}
	for i := 0; i < len(p.Windows); {
		n := i + 1
		for n < len(p.Windows) && p.Windows[n].Load == p.Windows[i].Load && p.Windows[n].Stage != "" {
			n++
		}
		e.windowOf(index, p.Windows[i:n])
		i = n
	}
	e.shards.mu.Lock()
	if e.shards.states == nil {
		e.shards.states = map[int][]run.State{}
	}
	e.shards.states[index] = p.States
	e.shards.mu.Unlock()
	if len(p.Turns) == 0 {
		return nil
	}
	if err := results.ReadTurns(bytes.NewReader(p.Turns), elsewhere{e}); err != nil {
		return fmt.Errorf("reading the turns of shard %d: %w", index, err)
	}
	return nil
}

// elsewhere takes turns that another process measured.
type elsewhere struct{ e *Engine }

func (t elsewhere) Record(turn *event.Turn) {
	for _, s := range t.e.sinks {
		s.Record(turn)
	}
}

// windowOf hands on when a load wants turns in all processes, as far as they told.
func (e *Engine) windowOf(index int, of []event.Window) {
	if len(of) == 0 {
		return
	}
	e.shards.mu.Lock()
	defer e.shards.mu.Unlock()
	if e.shards.windows == nil {
		e.shards.windows = map[string]map[int][]event.Window{}
	}
	all := e.shards.windows[of[0].Load]
	if all == nil {
		all = map[int][]event.Window{}
		e.shards.windows[of[0].Load] = all
	}
	all[index] = of
	var hull []event.Window
	for _, w := range all {
		hull = event.Hull(hull, w)
	}
	e.announce(hull)
}

// everywhere adds up how far the loads are, here and in the other processes.
func (e *Engine) everywhere(here []run.State) []run.State {
	e.shards.mu.Lock()
	defer e.shards.mu.Unlock()
	for i := range here {
		for _, states := range e.shards.states {
			for _, s := range states {
				if s.Load == here[i].Load {
					here[i].Offered += s.Offered
					here[i].Dropped += s.Dropped
					here[i].InFlight += s.InFlight
				}
			}
		}
	}
	return here
}
