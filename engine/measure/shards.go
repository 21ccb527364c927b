package measure

import (
	"fmt"
	"strings"
)

// Shards says what became of the processes that shared a run. A nil one is that of a run in one process.
type Shards struct {
	// Of is how many there were to be, and Least how many had to stay to the end.
	Of    int `json:"of"`
	Least int `json:"least"`
	// Lost are those that did not.
	Lost []LostShard `json:"lost,omitempty"`
	// Skew is the most by which one may have begun before or after another, in seconds, and Skewed is which.
	Skew   float64 `json:"skew"`
	Skewed int     `json:"skewed,omitempty"`
}

// LostShard is a process whose part of the run is missing, in whole or from some moment on.
type LostShard struct {
	Index int `json:"index"`
	// Why says what became of it, such as "was not heard of for 30s".
	Why string `json:"why"`
}

// mostSkew is how far apart shards may have begun, in seconds.
const mostSkew = 0.1

// Fault says why the run is invalid for what became of its shards; empty where it is not.
func (s *Shards) Fault() string {
	switch {
	case s == nil:
		return ""
	case s.Of-len(s.Lost) < s.Least:
		return fmt.Sprintf("the load was not offered in full: %d of %s lost", len(s.Lost), Count(s.Of, "shard")+was(len(s.Lost)))
	case s.Skew > mostSkew:
		return fmt.Sprintf("shard %d may have begun %s apart from the others", s.Skewed, inTime(s.Skew))
	}
	return ""
}

func was(n int) string {
	if n == 1 {
		return " was"
	}
	return " were"
}

// causeOf says what caused the fault, and what to do.
func (s *Shards) causeOf() (cause, do string) {
	if s.Of-len(s.Lost) >= s.Least {
		return "the network between the shards is slow, so that their clocks could not be compared well, or a shard was slow to begin",
			"put the shards closer together, and give each the processors that it needs"
	}
	var parts []string
	for _, l := range s.Lost {
		parts = append(parts, fmt.Sprintf("shard %d %s", l.Index, l.Why))
	}
	return strings.Join(parts, "; "), "look at the log of the shard that was lost; --min-shards says how many must stay"
}

func (s *Shards) rows() []AuditRow {
	if s == nil {
		return nil
	}
	return []AuditRow{
		atMost("shards lost", float64(len(s.Lost)), "count", float64(s.Of-s.Least), fmt.Sprintf("of %d that shared the run", s.Of)),
		atMost("start skew", s.Skew, "seconds", mostSkew, "how far apart the shards may have begun"),
	}
}
