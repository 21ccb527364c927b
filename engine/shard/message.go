package shard

import (
	"time"

	"aimbench/engine/audit"
	"aimbench/engine/event"
	"aimbench/engine/run"
)

// protocol is the version of what shards say to each other. It changes with it.
const protocol = 1

type hello struct {
	Protocol int
	Version  string
	Proof    []byte
	Index    int
	Of       int
	// Instance is this process, told from one that takes its place.
	Instance string
	// Run is the one that it takes part in already; empty where it comes anew.
	Run string
	// Now is its machine's time.
	Now time.Time
}

type welcome struct {
	Proof []byte
	// Run is the leader's process.
	Run   string
	Turns Turns
	// Acked is the last upload that is in.
	Acked uint64
}

// Turns says what of each turn a leader wants, besides its measure.
type Turns int

// NoTurns is nothing; TurnFacts is all but what was said; WholeTurns is all.
const (
	NoTurns Turns = iota
	TurnFacts
	WholeTurns
)

// reason is why a leader goes no further with somebody.
type reason string

const (
	badToken    reason = "token"
	badVersion  reason = "version"
	badCount    reason = "count"
	badPlan     reason = "plan"
	taken       reason = "taken"
	tooLate     reason = "late"
	otherRun    reason = "run"
	badProtocol reason = "protocol"
)

type refuse struct {
	Reason reason
	// Here is what it is at the leader's, where that matters.
	Here string
}

type ping struct{ N int }

type pong struct {
	N  int
	At event.Instant
	// Now is the leader's machine's time.
	Now time.Time
}

type openFile struct {
	ID     uint64
	Source int
	Name   string
}

type file struct {
	ID    uint64
	Error string
}

type due struct {
	Load string
	// Apart is how far off the leader's clock this one's may be.
	Apart time.Duration
}

type begin struct {
	Load string
	At   event.Instant
	Part run.Part
}

type upload struct {
	N        uint64
	Measured int // bytes of the body; the rest are turns
	Windows  []event.Window
	States   []run.State
	// Late is how much later than it was to it began.
	Late time.Duration
	// Final: it is the last one.
	Final   bool
	Harness audit.Facts
	// Cut says why the shard left before its time; empty where it did not.
	Cut string
}

type ack struct{ N uint64 }

type stop struct {
	// Now: what is under way is cut off.
	Now bool
}

type leave struct{ Why string }
