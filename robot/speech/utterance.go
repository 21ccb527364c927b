package speech

import (
	"context"
	"sync"
	"time"
)

// Utterance is a reply that is said while it comes.
type Utterance struct {
	speaker *Speaker
	ctx     context.Context // ends with the cut
	cancel  context.CancelFunc
	done    chan struct{}

	telling sync.Mutex
	notify  func(Event)

	mu       sync.Mutex
	splitter Splitter
	queued   int // sentences so far
	left     int // of which so many are neither said nor given up
	ended    bool
}

// Feed takes more of the reply's text. It does not wait. After End and after Cut it does nothing.
func (u *Utterance) Feed(delta string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !u.ended && u.ctx.Err() == nil && !u.speaker.Silent() {
		u.enqueue(u.splitter.Feed(delta))
	}
}

// End says that the reply is whole; what is left of it is said.
func (u *Utterance) End() {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.ended {
		return
	}
	if u.ctx.Err() == nil {
		u.enqueue(u.splitter.End())
	}
	u.ended = true
	u.settle()
}

// Cut stops the utterance at once: what is said, and what waits. It does not wait for the player.
func (u *Utterance) Cut() {
	u.cancel()
	u.mu.Lock()
	u.ended = true
	u.settle()
	u.mu.Unlock()
	for _, q := range u.speaker.dequeue(u) {
		q.settled(Cut, nil)
	}
}

// Done is closed when the utterance has ended and all of it was said, cut or given up.
func (u *Utterance) Done() <-chan struct{} { return u.done }

// enqueue hands sentences to the speaker. The utterance's lock is held.
func (u *Utterance) enqueue(texts []string) {
	if len(texts) == 0 {
		return
	}
	s := u.speaker
	more := make([]*sentence, len(texts))
	for i, text := range texts {
		more[i] = &sentence{of: u, number: u.queued, text: text}
		u.queued++
		u.left++
		more[i].tell(Queued)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, more...)
	s.change()
}

// settle closes Done if there is nothing left. The utterance's lock is held.
func (u *Utterance) settle() {
	if !u.ended || u.left > 0 {
		return
	}
	s := u.speaker
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.live[u] {
		delete(s.live, u)
		u.cancel()
		close(u.done)
	}
}

// tell gives an event to who listens.
func (u *Utterance) tell(e Event) {
	u.telling.Lock()
	defer u.telling.Unlock()
	e.At = time.Now()
	if u.notify != nil {
		u.notify(e)
	}
}

func (q *sentence) tell(kind Kind) {
	e := Event{Kind: kind, Sentence: q.number, Text: q.text}
	if kind == Started {
		e.Length = q.length
	}
	q.of.tell(e)
}

// settled tells how a sentence came out.
func (q *sentence) settled(kind Kind, err error) {
	q.of.tell(Event{Kind: kind, Sentence: q.number, Text: q.text, Err: err})
	q.of.mu.Lock()
	defer q.of.mu.Unlock()
	q.of.left--
	q.of.settle()
}
