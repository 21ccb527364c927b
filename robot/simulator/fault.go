package simulator

import (
	"time"
)

// Kind names a way in which a simulator breaks.
type Kind string

// The kinds of fault.
const (
	Late    Kind = "late"
	HTTP500 Kind = "http_500"
	Dropped Kind = "dropped"
	Refused Kind = "refused"
	Lost    Kind = "lost"
)

// KindDoc describes a kind.
type KindDoc struct {
	Kind Kind
	Doc  string
}

// Kinds lists all kinds, each with one line of what the simulator does.
func Kinds() []KindDoc {
	return []KindDoc{
		{Late, "an answer, or the opening of a WebSocket, comes `delay` late"},
		{HTTP500, "500 with the text `Internal Server Error`; a WebSocket does not open"},
		{Dropped, "the connection is cut without an answer; a WebSocket is cut `delay` after it opened"},
		{Refused, "a move is accepted and ends at once without a motion; a target is answered `ignored`"},
		{Lost, "the robot is gone: every connection is cut, and new ones are; needs `for`"},
	}
}

// KindNames lists the names of all kinds, in the order of Kinds.
func KindNames() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, string(k.Kind))
	}
	return names
}

// Fault breaks some of what a simulator is asked for. The viewer's page is not meant.
type Fault struct {
	Kind Kind
	// Share of the requests and WebSockets that break, between 0 and 1, drawn by seed and number; 0 counts as 1. The
	// shares of all faults add up to at most 1; what is above never happens. Lost has no share.
	Share float64
	// Count is how many break at most; 0 is no limit.
	Count int
	// From is when the fault begins, since the simulator was made, and For how long it lasts; For of 0 is without end.
	From, For time.Duration
	// Delay is of the kinds Late and Dropped.
	Delay time.Duration
}

// faults draws.
type faults struct {
	list   []Fault
	left   []int // of Count; less than 0 is no limit
	seed   uint64
	number uint64
	begun  time.Time
}

func newFaults(list []Fault, seed int64, now time.Time) *faults {
	f := &faults{list: list, seed: uint64(seed), begun: now}
	for _, one := range list {
		left := one.Count
		if left <= 0 {
			left = -1
		}
		f.left = append(f.left, left)
	}
	return f
}

// draw gives the fault of one request, the zero Fault for none. moves says whether it asks for a motion.
func (f *faults) draw(now time.Time, moves bool) Fault {
	f.number++
	u := float64(mix(f.seed^mix(f.number))>>11) / (1 << 53)
	since := now.Sub(f.begun)
	for i, one := range f.list {
		if one.Kind == Lost || one.Kind == Refused && !moves || f.left[i] == 0 || since < one.From ||
			one.For > 0 && since >= one.From+one.For {
			continue
		}
		share := one.Share
		if share <= 0 {
			share = 1
		}
		if u < share {
			if f.left[i] > 0 {
				f.left[i]--
			}
			return one
		}
		u -= share
	}
	return Fault{}
}

// mix is one step of splitmix64: every bit of x reaches every bit of the result.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
