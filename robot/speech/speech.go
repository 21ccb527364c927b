// Package speech says a reply aloud while it still comes: sentence by sentence, each made into a sound by a program such
// as espeak-ng, and played where the robot is heard.
package speech

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Player plays WAV files where the robot is, one at a time.
type Player interface {
	// UploadSound takes a sound to where it can be played, under a name of its own. The name comes with an error too,
	// where the sound may have got there.
	UploadSound(ctx context.Context, wav []byte) (name string, err error)
	// PlaySound begins to play what was uploaded, and returns once the request was accepted.
	PlaySound(ctx context.Context, name string) error
	// StopSound ends what is played.
	StopSound(ctx context.Context) error
	// DeleteSound forgets what was uploaded.
	DeleteSound(ctx context.Context, name string) error
}

// Kind is what an event tells.
type Kind string

// The kinds of event. Each sentence that is Queued has one Ended, Cut or Failed. Started comes again where a pause made it
// begin anew.
const (
	Queued  Kind = "queued"  // the sentence is whole
	Started Kind = "started" // its sound was accepted
	Ended   Kind = "ended"   // its sound ended, by its length
	Cut     Kind = "cut"     // it is not said, or not to its end
	Failed  Kind = "failed"  // it could not be said: Err, which is nil where the one before failed in the same way
	Silent  Kind = "silent"  // nothing is ever said: Text tells why. It comes once, and no other does
)

// Event is something that happened to a sentence.
type Event struct {
	Kind     Kind
	At       time.Time
	Sentence int           // of the utterance, from 0
	Text     string        // the sentence
	Length   time.Duration // of the sound; with Started
	Err      error         // an *Error; with Failed
}

// Config is what a Speaker is made of.
type Config struct {
	Voice  Voice  // nil: silence
	Player Player // nil: silence
	// Silence tells why there is silence, where there is.
	Silence string
	// Loudness is told how loud what is heard is, from 0 to 1, each LoudnessStep, and 0 when it ends. It must not block,
	// nor call the speaker. May be nil.
	Loudness func(float64)
}

const (
	// gap is the silence between two sentences: a player begins somewhat after it accepted, and a new sound cuts the one
	// before.
	gap = 100 * time.Millisecond
	// tidyTimeout bounds what has to be done after a cut.
	tidyTimeout = 2 * time.Second
)

// Speaker says utterances, one sentence at a time. While a sentence is heard, the next is made.
type Speaker struct {
	config   Config
	ctx      context.Context
	close    context.CancelFunc
	running  sync.WaitGroup
	made     chan *sentence
	silenced sync.Once // to say it

	mu      sync.Mutex
	live    map[*Utterance]bool // those that are not done
	queue   []*sentence         // those that are not yet made
	paused  bool
	changed chan struct{} // closed and replaced when the queue or paused changes
	failure string        // the latest, for not to repeat it
}

// sentence is one on its way.
type sentence struct {
	of       *Utterance
	number   int
	text     string
	length   time.Duration
	loudness []float64
	name     string // at the player
}

// New makes a speaker. Close ends it.
func New(c Config) *Speaker {
	s := &Speaker{config: c, made: make(chan *sentence), live: make(map[*Utterance]bool), changed: make(chan struct{})}
	s.ctx, s.close = context.WithCancel(context.Background())
	if !s.Silent() {
		s.running.Go(s.makeSounds)
		s.running.Go(s.playSounds)
	}
	return s
}

// Silent tells whether nothing is ever said.
func (s *Speaker) Silent() bool { return s.config.Voice == nil || s.config.Player == nil }

// Begin starts an utterance. Its events go to notify, one after the other; it must not block, nor call the speaker.
func (s *Speaker) Begin(notify func(Event)) *Utterance {
	u := &Utterance{speaker: s, notify: notify, done: make(chan struct{})}
	u.ctx, u.cancel = context.WithCancel(s.ctx)
	if s.Silent() {
		s.silenced.Do(func() { u.tell(Event{Kind: Silent, Text: s.config.Silence}) })
	}
	s.mu.Lock()
	s.live[u] = true
	s.mu.Unlock()
	return u
}

// Close cuts everything, and returns when the speaker is at rest.
func (s *Speaker) Close() {
	s.Cut()
	s.close()
	s.running.Wait()
}

// Cut stops at once whatever is said or waits to be, of every utterance.
func (s *Speaker) Cut() {
	s.mu.Lock()
	live := slices.Collect(maps.Keys(s.live))
	s.mu.Unlock()
	for _, u := range live {
		u.Cut()
	}
}

// Pause stops at once what is said. Resume says that sentence again, and goes on.
func (s *Speaker) Pause() { s.pause(true) }

// Resume ends a pause.
func (s *Speaker) Resume() { s.pause(false) }

func (s *Speaker) pause(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.paused != on {
		s.paused = on
		s.change()
	}
}

// change wakes who waits. The lock is held.
func (s *Speaker) change() {
	close(s.changed)
	s.changed = make(chan struct{})
}
