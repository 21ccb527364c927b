package engine

import (
	"sync/atomic"

	"aimbench/engine/scenario"
)

// flights count the conversations under way, by load.
type flights map[string]*atomic.Int64

func newFlights(loads []*scenario.Load) flights {
	f := flights{"": new(atomic.Int64)}
	for _, l := range loads {
		f[l.Name] = new(atomic.Int64)
	}
	return f
}

// InFlight is the number of conversations that a load has under way; its name is empty where conversations run once.
func (e *Engine) InFlight(load string) int {
	if n := e.flights[load]; n != nil {
		return int(n.Load())
	}
	return 0
}
