package speech

import (
	"context"
	"slices"
	"time"
)

// makeSounds makes a sound of each sentence in turn, one ahead of the one that is heard.
func (s *Speaker) makeSounds() {
	for {
		q := s.next()
		if q == nil {
			return
		}
		if err := s.prepare(q); err != nil {
			s.forget(q)
			s.fail(q, err)
			continue
		}
		select {
		case s.made <- q:
		case <-q.of.ctx.Done():
			s.forget(q)
			q.settled(Cut, nil)
		}
	}
}

// next waits for a sentence; nil when the speaker closes.
func (s *Speaker) next() *sentence {
	for {
		s.mu.Lock()
		changed := s.changed
		if len(s.queue) > 0 {
			q := s.queue[0]
			s.queue = s.queue[1:]
			s.mu.Unlock()
			return q
		}
		s.mu.Unlock()
		select {
		case <-changed:
		case <-s.ctx.Done():
			return nil
		}
	}
}

// dequeue takes back what an utterance has waiting.
func (s *Speaker) dequeue(u *Utterance) []*sentence {
	s.mu.Lock()
	defer s.mu.Unlock()
	var taken []*sentence
	s.queue = slices.DeleteFunc(s.queue, func(q *sentence) bool {
		if q.of == u {
			taken = append(taken, q)
		}
		return q.of == u
	})
	return taken
}

// prepare makes the sound and takes it to the player. The error is an *Error.
func (s *Speaker) prepare(q *sentence) error {
	if err := q.of.ctx.Err(); err != nil {
		return err
	}
	sound, err := s.config.Voice.Synthesise(q.of.ctx, q.text)
	if err != nil {
		return err
	}
	q.length, q.loudness = sound.Length(), sound.Loudness()
	if q.name, err = s.config.Player.UploadSound(q.of.ctx, sound.WAV()); err != nil {
		return notAccepted("uploading a sound", err)
	}
	return nil
}

func notAccepted(doing string, err error) error {
	return &Error{Class: NotAccepted, Doing: doing, Message: err.Error(), Err: err}
}

// fail tells of a sentence that was not said. A failure like the one before comes without its error.
func (s *Speaker) fail(q *sentence, err error) {
	if q.of.ctx.Err() != nil {
		q.settled(Cut, nil)
		return
	}
	s.mu.Lock()
	again := s.failure == err.Error()
	s.failure = err.Error()
	s.mu.Unlock()
	if again {
		err = nil
	}
	q.settled(Failed, err)
}

// playSounds plays what was made.
func (s *Speaker) playSounds() {
	for {
		select {
		case q := <-s.made:
			s.play(q)
			s.forget(q)
		case <-s.ctx.Done():
			return
		}
	}
}

// play plays a sentence to its end, or to its cut. A pause has it begin again.
func (s *Speaker) play(q *sentence) {
	for {
		pause, ok := s.unpaused(q.of.ctx)
		if !ok {
			q.settled(Cut, nil)
			return
		}
		if err := s.config.Player.PlaySound(q.of.ctx, q.name); err != nil {
			if q.of.ctx.Err() != nil {
				s.stop(q) // it may have been accepted
			}
			s.fail(q, notAccepted("playing a sound", err))
			return
		}
		s.mu.Lock()
		s.failure = ""
		s.mu.Unlock()
		q.tell(Started)
		again, end := s.hear(q, pause)
		if !again {
			q.settled(end, nil)
			if end == Ended {
				wait(s.ctx, gap)
			}
			return
		}
	}
}

// hear waits for the end of a sound. again says that a pause cut it.
func (s *Speaker) hear(q *sentence, changed <-chan struct{}) (again bool, end Kind) {
	over, step := time.NewTimer(q.length), time.NewTicker(LoudnessStep)
	defer over.Stop()
	defer step.Stop()
	defer s.loudness(0)
	left := q.loudness
	for {
		if len(left) > 0 {
			s.loudness(left[0])
		}
		select {
		case <-step.C:
			left = left[min(1, len(left)):]
		case <-over.C:
			return false, Ended
		case <-q.of.ctx.Done():
			s.stop(q)
			return false, Cut
		case <-changed:
			s.mu.Lock()
			paused := s.paused
			changed = s.changed
			s.mu.Unlock()
			if paused {
				s.stop(q)
				return true, ""
			}
		}
	}
}

func (s *Speaker) loudness(l float64) {
	if s.config.Loudness != nil {
		s.config.Loudness(l)
	}
}

// unpaused waits while there is a pause; false where ctx ended first. The channel is closed by the next change.
func (s *Speaker) unpaused(ctx context.Context) (<-chan struct{}, bool) {
	for {
		s.mu.Lock()
		paused, changed := s.paused, s.changed
		s.mu.Unlock()
		if ctx.Err() != nil {
			return nil, false
		}
		if !paused {
			return changed, true
		}
		select {
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// stop ends the sound that is played, whatever became of the utterance.
func (s *Speaker) stop(q *sentence) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.of.ctx), tidyTimeout)
	defer cancel()
	_ = s.config.Player.StopSound(ctx) // it ends by itself where the player is lost
}

// forget deletes a sound at the player.
func (s *Speaker) forget(q *sentence) {
	if q.name == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.of.ctx), tidyTimeout)
	defer cancel()
	_ = s.config.Player.DeleteSound(ctx, q.name) // nobody can do anything about it
}

func wait(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
