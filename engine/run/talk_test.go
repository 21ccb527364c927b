package run

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

const talk = `
robot "reachy" {
  simulator {}
}
conversation "c" {
  endpoint = endpoint.aim
  robot    = robot.reachy
  system   = "Be kind."
  perform "hear" {
    on      = listening
    gesture = gesture.listening
  }
  perform "sorry" {
    on      = interrupted
    gesture = gesture.ack
  }
  perform "bored" {
    on      = idle
    after   = "10s"
    gesture = gesture.curious
  }
  defaults {
    max_tokens = 7
  }
  turn "unused" {
    user = "Nobody says this."
  }
}
`

func words(text string) []scenario.Part {
	return []scenario.Part{{Kind: scenario.PartText, Text: text}}
}

// A person says the turns: the history is carried, without what failed and what was cut before anything came, and the robot
// does what it is to do around them.
func TestAPersonTalks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := read(t, talk)
		e := &talker{pieces: []string{"Well, ", "hello ", "there."}}
		var out kept
		var going sync.WaitGroup
		p := &puppet{takes: time.Second}
		session := Session{Scenario: s, Conversation: s.Conversations[0], Endpoint: e, Clock: event.NewClock(), Sink: &out,
			Lend: func() (Robot, func()) { return p, func() {} }, Later: going.Go}
		if diags := session.Begin(t.Context()); diags.HasErrors() {
			t.Fatal(diags)
		}
		time.Sleep(11 * time.Second)
		session.Listen()
		if fact := session.Say(t.Context(), "1", words("Hello!")); fact.Class != event.OK || fact.User != "Hello!" {
			t.Errorf("%+v", fact)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(1150*time.Millisecond, func() { cancel(ErrInterrupted) })
		if fact := session.Say(ctx, "2", words("Go on.")); fact.Class != event.HungUp {
			t.Errorf("%+v", fact)
		}
		e.class = event.HTTP5xx
		if fact := session.Say(t.Context(), "3", words("And?")); fact.Class != event.HTTP5xx {
			t.Errorf("%+v", fact)
		}
		e.class = ""
		session.Say(t.Context(), "4", words("Bye."))
		session.End()
		going.Wait()
		var history []string
		for _, m := range session.history {
			history = append(history, m.Content)
		}
		want := "Be kind. | Hello! |  | Bye. | "
		if got := strings.Join(history, " | "); got != want {
			t.Errorf("history\ngot  %s\nwant %s", got, want)
		}
		slices.SortFunc(out.turns, func(a, b event.Turn) int { return a.Index - b.Index })
		var did []string
		for i := range out.turns {
			did = append(did, out.turns[i].Turn+" "+told(&out.turns[i]))
		}
		if got := strings.Join(did, "; "); got != "1 bored on idle: done, hear on listening: done; 2 bored on idle: skipped, sorry on interrupted: done; 3 bored on idle: skipped; 4 bored on idle: skipped" {
			t.Errorf("it did %s", got)
		}
	})
}
