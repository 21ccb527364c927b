package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// How much garbage may gather. A small heap gets more of it than Go would give, so that short replies are not slowed by
// collecting all the time; the heap of thousands of streams gets less, so that they fit into a small machine.
const (
	garbageRoom  = 16 << 20 // bytes
	leastGarbage = 15       // percent of what lives
	mostGarbage  = 150
	heapLook     = 50 * time.Millisecond
)

// tendHeap adapts the collector to the heap until stop is called. A GOGC of the user's own is left alone.
func tendHeap() (stop func()) {
	if os.Getenv("GOGC") != "" {
		return func() {}
	}
	percent := mostGarbage
	before := debug.SetGCPercent(percent)
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(heapLook)
		defer ticker.Stop()
		live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
		for {
			select {
			case <-done:
				return
			case <-ticker.C:
			}
			metrics.Read(live)
			// Setting it stops the world for a moment, which small changes are not worth.
			if next := garbagePercent(live[0].Value.Uint64() + live[1].Value.Uint64()); next < percent*7/8 || next > percent*8/7 {
				debug.SetGCPercent(next)
				percent = next
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		debug.SetGCPercent(before)
	}
}

// garbagePercent is how much garbage may gather beside so many bytes that live, stacks included: those of goroutines
// that have ended are only freed by a collection.
func garbagePercent(live uint64) int {
	return int(min(max(leastGarbage, 100*garbageRoom/max(1, live)), mostGarbage))
}
