package acceptance

import (
	"bytes"
	"cmp"
	"slices"
	"sync"

	"aimbench/engine/edge"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/engine/scenario"
)

// turn is a turn as it went, and when its last word came.
type turn struct {
	event.Turn
	lastWord event.Instant
}

// screen is what a person sees of a talk, and the turns of it.
type screen struct {
	mu    sync.Mutex
	text  bytes.Buffer
	lines edge.View
	hides report.Redactor
	now   func() event.Instant

	saying   event.Instant         // the last word of the reply under way
	lastWord map[int]event.Instant // by the turn's index
	turns    []*turn
	heard    chan struct{} // gets one when words come
}

// lockedBuffer keeps what several goroutines write.
type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write makes it an io.Writer.
func (b *lockedBuffer) Write(text []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.text.Len() > mostLog {
		return len(text), nil
	}
	return b.text.Write(text)
}

// mostLog bounds what is kept of a log, in bytes.
const mostLog = 4 << 20

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func newScreen() *screen {
	s := &screen{lastWord: map[int]event.Instant{}, heard: make(chan struct{}, 1)}
	s.hide(&scenario.Secrets{})
	return s
}

// hide says which secrets are not shown. It comes before anything is.
func (s *screen) hide(secrets report.Redactor) {
	s.hides = secrets
	s.lines = edge.NewLines(&s.text, &s.text, report.Style{Unicode: true}, secrets)
}

// Said shows what the person said.
func (s *screen) Said(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.saying = 0
	s.text.WriteString("> " + report.Escape(s.hides.Redact(text)) + "\n")
	s.lines.Said(text)
}

// Delta shows a piece of the reply.
func (s *screen) Delta(kind report.Kind, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if kind != report.Reasoning {
		s.saying = s.now()
		select {
		case s.heard <- struct{}{}:
		default:
		}
	}
	s.lines.Delta(kind, text)
}

// Called shows a function that the model called.
func (s *screen) Called(call event.ToolCall) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines.Called(call)
}

// Reply shows that the reply has ended.
func (s *screen) Reply(t *event.Turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastWord[t.Index] = s.saying
	s.lines.Reply(t)
}

// Settled keeps the turn, when the robot has done its part too.
func (s *screen) Settled(t *event.Turn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turns = append(s.turns, &turn{Turn: measure.CopyTurn(t, func(s string) string { return s })})
	slices.SortFunc(s.turns, func(a, b *turn) int { return cmp.Compare(a.Index, b.Index) })
	s.lines.Settled(t)
}

// Answer shows what a command has to say.
func (s *screen) Answer(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines.Answer(text)
}

// Note shows what the person should know.
func (s *screen) Note(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines.Note(text)
}

// all are the turns so far.
func (s *screen) all() []*turn {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.turns {
		t.lastWord = s.lastWord[t.Index]
	}
	return slices.Clone(s.turns)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}
