package edge

// gate lets one in at a time, who may stay long: a mutex for what takes its time, whose wait a testing/synctest bubble can see.
type gate chan struct{}

func newGate() gate { return make(gate, 1) }

// Lock waits to be let in.
func (g gate) Lock() { g <- struct{}{} }

// TryLock enters where nobody is.
func (g gate) TryLock() bool {
	select {
	case g <- struct{}{}:
		return true
	default:
		return false
	}
}

// Unlock leaves.
func (g gate) Unlock() { <-g }
