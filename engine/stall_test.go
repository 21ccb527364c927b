package engine_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/listen"
	"aimbench/engine/measure"
	"aimbench/engine/simulate"
)

// stalling answers nothing between two times since its start; what came meanwhile is answered then.
type stalling struct {
	*simulate.Server
	start    time.Time
	from, to time.Duration
}

func (s *stalling) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if now := time.Since(s.start); now >= s.from && now < s.to {
		time.Sleep(s.to - now)
	}
	s.Server.ServeHTTP(w, r)
}

const steady = `
endpoint "aim" {
  base_url = "http://stalling"
  model    = "m"
}
conversation "c" {
  turn "t" {
    user       = "Hello"
    max_tokens = 2
  }
}
load "l" {
  mix {
    conversation = conversation.c
  }
  arrival  = constant
  rate     = 50
  duration = "10s"
  %s
}
slo "s" {
  objective "worst" {
    value = p(metric.ttft, 100)
    max   = "1s"
  }
  objective "p90" {
    value = p(metric.ttft, 90)
    max   = "1s"
  }
  objective "p75" {
    value = p(metric.ttft, 75)
    max   = "1s"
  }
  objective "good" {
    value = goodput(metric.ttft < duration("1s"))
    min   = 0.5
  }
}
`

// runStalled runs the steady load against a server that stands still from the third second to the fifth.
func runStalled(t *testing.T, argument string) (summary *measure.Summary) {
	t.Helper()
	p := compile(t, fmt.Sprintf(steady, argument))
	synctest.Test(t, func(t *testing.T) {
		listener, dial := listen.Memory()
		config := simulate.Config{Model: "m", TTFT: func(uint64) time.Duration { return 10 * time.Millisecond }}
		server := http.Server{Handler: &stalling{simulate.New(config), time.Now(), 3 * time.Second, 5 * time.Second}}
		go func() { _ = server.Serve(listener) }()
		defer server.Close() //nolint:errcheck // the test is over
		e, err := engine.Open(p, engine.Options{Dial: dial})
		if err != nil {
			t.Fatal(err)
		}
		defer e.Close()
		if summary, err = e.Run(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
	})
	return summary
}

func values(s *measure.Summary) string {
	out := ""
	for i := range s.Objectives {
		o := &s.Objectives[i]
		out += fmt.Sprintf("%s %s", o.Name, o.Verdict)
		if o.Value != nil {
			out += fmt.Sprintf(" %.2f", *o.Value)
		}
		out += "\n"
	}
	return out
}

// A server that stands still for 2 s of 10 is seen in full: a fifth of the people wait, evenly from none of it to all.
func TestAStallIsMeasuredInFull(t *testing.T) {
	s := runStalled(t, "")
	if s.Origin != event.FromIntended || s.Requests.Succeeded != 500 {
		t.Errorf("from %s: %+v", s.Origin, s.Requests)
	}
	want := "worst fail 2.01\np90 fail 1.01\np75 pass 0.01\ngood pass 0.90\n"
	if got := values(s); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// When max_in_flight fills up the tail is no shorter: who was dropped ranks behind all who waited, and was not served
// well.
func TestAStallIsMeasuredInFullWhenConversationsAreDropped(t *testing.T) {
	s := runStalled(t, "max_in_flight = 30")
	if s.Requests.Offered != 500 || s.Requests.Dropped != 71 {
		t.Errorf("%+v", s.Requests)
	}
	want := "worst fail\np90 fail\np75 pass 0.01\ngood pass 0.80\n"
	if got := values(s); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
