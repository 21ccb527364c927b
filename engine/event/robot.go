package event

import "time"

// Gesture is what became of a gesture that a turn's occasion asked for.
type Gesture struct {
	// Perform is the name of the perform, or "tool.NAME" where a call of that function asked for it.
	Perform string `json:"perform"`
	Gesture string `json:"gesture"`
	// On is the occasion, such as "first_token".
	On string `json:"on"`
	// Trigger is when the gesture was due: the occasion, and the wait that the scenario wants after it. Start is its first
	// movement, End is when it was over. They are not reached where they did not come.
	Trigger Instant `json:"trigger"`
	Start   Instant `json:"start"`
	End     Instant `json:"end"`
	// Status says how it ended, and Detail why it was not done.
	Status GestureStatus `json:"status"`
	Detail string        `json:"detail,omitempty"`
}

// GestureStatus says how a gesture ended.
type GestureStatus string

// The statuses of a gesture.
const (
	// GestureDone: soon after its end the robot was measured to be where it leads.
	GestureDone GestureStatus = "done"
	// GestureRefused: it was not.
	GestureRefused GestureStatus = "refused"
	// GestureFailed: the robot answered with an error, or not at all.
	GestureFailed GestureStatus = "failed"
	// GestureCancelled: it was ended on the way.
	GestureCancelled GestureStatus = "cancelled"
	// GestureSkipped: it was not wanted, or nobody was there to do it.
	GestureSkipped GestureStatus = "skipped"
)

// GestureStatuses lists them in the order in which reports show them.
var GestureStatuses = []GestureStatus{GestureDone, GestureRefused, GestureFailed, GestureCancelled, GestureSkipped}

// Speech is what became of a reply that was to be spoken.
type Speech struct {
	// Start is the first sound: the moment at which whoever makes the sound accepted it. End is when all was said. They are
	// not reached where nothing was heard.
	Start Instant `json:"start"`
	End   Instant `json:"end"`
	// Detail says why not all was heard; empty where it was.
	Detail string `json:"detail,omitempty"`
}

// StartAfter is the time from the gesture's trigger to the first movement; false where nothing moved.
func (g *Gesture) StartAfter() (time.Duration, bool) { return g.Start.Since(g.Trigger) }

// DoneAfter is the time from the gesture's trigger to its end; false where it was not done.
func (g *Gesture) DoneAfter() (time.Duration, bool) {
	if g.Status != GestureDone {
		return 0, false
	}
	return g.End.Since(g.Trigger)
}

// Reaction is the time from the prompt to the first movement after it; false where nothing moved.
func (t *Turn) Reaction() (time.Duration, bool) {
	first := Instant(0)
	for i := range t.Gestures {
		if at := t.Gestures[i].Start; at >= t.Dispatched && (first == 0 || at < first) {
			first = at
		}
	}
	return first.Since(t.Dispatched)
}

// SpeechStart is the time from the first token to the first sound; false where nothing was heard.
func (t *Turn) SpeechStart() (time.Duration, bool) {
	if t.Speech == nil || len(t.Requests) == 0 {
		return 0, false
	}
	return t.Speech.Start.Since(t.Requests[0].FirstToken)
}
