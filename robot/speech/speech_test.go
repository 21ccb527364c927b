package speech

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// speaking is a voice and a player in simulated time: a sentence takes making to make and uploading to upload, and lasts
// 10 ms a byte. What happens is written down with its time.
type speaking struct {
	making, uploading time.Duration
	broken            error // of the player

	mu     sync.Mutex
	begin  time.Time
	lines  []string
	stored map[string]bool
	count  int
}

func (s *speaking) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lines = append(s.lines, fmt.Sprintf("%4d ", time.Since(s.begin).Milliseconds())+fmt.Sprintf(format, args...))
}

func (s *speaking) Name() string { return "test" }

func (s *speaking) Synthesise(ctx context.Context, text string) (*Sound, error) {
	wait(ctx, s.making)
	if text == "Mumble." {
		return nil, &Error{Class: Program, Doing: "speaking", Message: "no"}
	}
	return tone(8000, 1, slices.Repeat([]float64{0.5}, max(1, len(text)/5))...), ctx.Err()
}

func (s *speaking) UploadSound(ctx context.Context, wav []byte) (string, error) {
	wait(ctx, s.uploading)
	if _, err := ParseWAV(wav); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	name := fmt.Sprintf("sound-%d", s.count)
	s.stored[name] = true
	return name, errors.Join(s.broken, ctx.Err())
}

// lose breaks the player.
func (s *speaking) lose(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = err
}

func (s *speaking) PlaySound(_ context.Context, name string) error {
	s.mu.Lock()
	ok := s.stored[name]
	s.mu.Unlock()
	s.note("play %s", name)
	if !ok {
		return errors.New("no such sound")
	}
	return nil
}

func (s *speaking) StopSound(context.Context) error {
	s.note("stop")
	return nil
}

func (s *speaking) DeleteSound(_ context.Context, name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.stored, name)
	return nil
}

// heard writes an event down.
func (s *speaking) heard(e Event) {
	switch {
	case e.Kind == Started:
		s.note("%s %d for %d ms", e.Kind, e.Sentence, e.Length.Milliseconds())
	case e.Err != nil:
		s.note("%s %d: %v", e.Kind, e.Sentence, e.Err)
	case e.Kind == Silent:
		s.note("%s: %s", e.Kind, e.Text)
	default:
		s.note("%s %d", e.Kind, e.Sentence)
	}
}

// script runs in simulated time with a speaker, which is at rest afterwards and has left no sound behind. What happens at
// the same instant may come in any order.
func script(t *testing.T, sp *speaking, do func(*Speaker), want ...string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		sp.begin, sp.stored = time.Now(), map[string]bool{}
		s := New(Config{Voice: sp, Player: sp})
		do(s)
		s.Close()
		slices.Sort(sp.lines)
		slices.Sort(want)
		if !slices.Equal(sp.lines, want) {
			t.Errorf("got\n%s\nwant\n%s", strings.Join(sp.lines, "\n"), strings.Join(want, "\n"))
		}
		if len(sp.stored) > 0 {
			t.Errorf("left behind: %v", sp.stored)
		}
	})
}

func TestSpeaksWhileTheReplyComes(t *testing.T) {
	sp := &speaking{making: 20 * time.Millisecond, uploading: 10 * time.Millisecond}
	script(t, sp, func(s *Speaker) {
		u := s.Begin(sp.heard)
		for _, delta := range []string{"Hello", " there.", " I am a", " robot.", " Yes"} {
			u.Feed(delta)
			time.Sleep(50 * time.Millisecond)
		}
		u.End()
		<-u.Done()
	},
		" 100 queued 0", " 130 play sound-1", " 130 started 0 for 100 ms", " 200 queued 1", " 230 ended 0", " 250 queued 2",
		" 330 play sound-2", " 330 started 1 for 100 ms", " 430 ended 1", " 530 play sound-3", " 530 started 2 for 50 ms", " 580 ended 2")
}

func TestCutStopsAtOnce(t *testing.T) {
	sp := &speaking{making: 20 * time.Millisecond}
	script(t, sp, func(s *Speaker) {
		u := s.Begin(sp.heard)
		u.Feed("A sentence. Another one. A third. And")
		time.Sleep(70 * time.Millisecond)
		u.Cut()
		u.Feed(" more. And more.")
		u.End()
		<-u.Done()
		time.Sleep(30 * time.Millisecond)
		u = s.Begin(sp.heard)
		u.Feed("Next.")
		u.End()
		<-u.Done()
	},
		"   0 queued 0", "   0 queued 1", "   0 queued 2", "  20 play sound-1", "  20 started 0 for 100 ms", "  70 cut 2",
		"  70 stop", "  70 cut 0", "  70 cut 1", " 100 queued 0", " 120 play sound-3", " 120 started 0 for 50 ms", " 170 ended 0")
}

func TestCutWhileItIsMade(t *testing.T) {
	sp := &speaking{making: 20 * time.Millisecond, uploading: 20 * time.Millisecond}
	for _, after := range []time.Duration{10, 30} {
		sp.lines = nil
		script(t, sp, func(s *Speaker) {
			u := s.Begin(sp.heard)
			u.Feed("Hello. ")
			time.Sleep(after * time.Millisecond)
			s.Cut()
			<-u.Done()
		}, "   0 queued 0", fmt.Sprintf("%4d cut 0", after))
	}
}

func TestPauseSaysTheSentenceAgain(t *testing.T) {
	sp := &speaking{}
	script(t, sp, func(s *Speaker) {
		u := s.Begin(sp.heard)
		u.Feed("A sentence. Last.")
		u.End()
		time.Sleep(50 * time.Millisecond)
		s.Pause()
		s.Pause()
		time.Sleep(time.Second)
		s.Resume()
		<-u.Done()
		s.Pause()
		u = s.Begin(sp.heard)
		u.Feed("Never. ")
		time.Sleep(time.Second)
		u.Cut()
		<-u.Done()
	},
		"   0 queued 0", "   0 queued 1", "   0 play sound-1", "   0 started 0 for 100 ms", "  50 stop",
		"1050 play sound-1", "1050 started 0 for 100 ms", "1150 ended 0", "1250 play sound-2", "1250 started 1 for 50 ms", "1300 ended 1",
		"1300 queued 0", "2300 cut 0")
}

func TestCloseCutsWhatIsSaid(t *testing.T) {
	sp := &speaking{}
	script(t, sp, func(s *Speaker) {
		u := s.Begin(sp.heard)
		u.Feed("A sentence. Last. ")
		time.Sleep(50 * time.Millisecond)
		s.Close()
		<-u.Done()
		u = s.Begin(sp.heard)
		u.Feed("Too late. ")
		u.End()
		<-u.Done()
	}, "   0 queued 0", "   0 queued 1", "   0 play sound-1", "   0 started 0 for 100 ms", "  50 cut 1", "  50 stop", "  50 cut 0")
}

func TestLoudnessIsToldWhileItIsHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sp := &speaking{begin: time.Now(), stored: map[string]bool{}}
		s := New(Config{Voice: sp, Player: sp, Loudness: func(l float64) { sp.note("%.0f", l) }})
		u := s.Begin(nil)
		u.Feed("A sentence. Cut off. ")
		time.Sleep(240 * time.Millisecond)
		u.Cut()
		s.Close()
		want := []string{"   0 play sound-1", "   0 1", "  50 1", " 100 0", " 200 play sound-2", " 200 1", " 240 stop", " 240 0"}
		slices.Sort(sp.lines)
		slices.Sort(want)
		if !slices.Equal(sp.lines, want) {
			t.Errorf("%q", sp.lines)
		}
	})
}

func TestFailuresAreSaidOnce(t *testing.T) {
	sp := &speaking{making: 10 * time.Millisecond}
	script(t, sp, func(s *Speaker) {
		u := s.Begin(sp.heard)
		u.Feed("Mumble. Mumble. Well? ")
		time.Sleep(time.Second)
		sp.lose(errors.New("lost"))
		u.Feed("Mumble. Lost. Lost.")
		u.End()
		<-u.Done()
	},
		"   0 queued 0", "   0 queued 1", "   0 queued 2", "  10 failed 0: speaking: no.", "  20 failed 1", "  30 play sound-1",
		"  30 started 2 for 50 ms", "  80 ended 2", "1000 queued 3", "1000 queued 4", "1000 queued 5", "1010 failed 3: speaking: no.",
		"1020 failed 4: uploading a sound: lost.", "1030 failed 5")
}

func TestSilence(t *testing.T) {
	sp := &speaking{begin: time.Now()}
	for _, c := range []Config{{Voice: sp, Silence: "no voice"}, {Player: sp, Silence: "no voice"}} {
		synctest.Test(t, func(t *testing.T) {
			sp.lines, sp.begin = nil, time.Now()
			s := New(c)
			for range 2 {
				u := s.Begin(sp.heard)
				u.Feed("Hello. You. ")
				u.End()
				<-u.Done()
			}
			s.Close()
			if want := []string{"   0 silent: no voice"}; !slices.Equal(sp.lines, want) || !s.Silent() {
				t.Errorf("%q", sp.lines)
			}
		})
	}
}

// Whatever is called when, each sentence that is queued comes out once, and the speaker comes to rest.
func FuzzSpeaker(f *testing.F) {
	f.Add([]byte{0, 3, 1, 0, 4, 2, 5, 0, 3, 7})
	f.Fuzz(func(t *testing.T, calls []byte) {
		synctest.Test(t, func(t *testing.T) {
			sp := &speaking{making: 7 * time.Millisecond, uploading: 5 * time.Millisecond, begin: time.Now(), stored: map[string]bool{}}
			s := New(Config{Voice: sp, Player: sp})
			var queued, settled atomic.Int64 // the events of one utterance come one after the other, those of two do not
			hear := func(e Event) {
				switch e.Kind {
				case Queued:
					queued.Add(1)
				case Ended, Cut, Failed:
					settled.Add(1)
				}
			}
			u := s.Begin(hear)
			for _, c := range calls[:min(len(calls), 100)] {
				switch c % 8 {
				case 0, 1:
					u.Feed("Some words. Mumble. ")
				case 2:
					u.Cut()
				case 3:
					u.End()
					u = s.Begin(hear)
				case 4:
					s.Pause()
				case 5:
					s.Resume()
				case 6:
					s.Cut()
				default:
					time.Sleep(time.Duration(c) * time.Millisecond)
				}
			}
			s.Close()
			if queued.Load() != settled.Load() || len(sp.stored) > 0 {
				t.Errorf("%d queued, %d settled, left %v", queued.Load(), settled.Load(), sp.stored)
			}
		})
	})
}
