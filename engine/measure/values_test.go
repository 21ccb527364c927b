package measure

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

const ms = event.Instant(time.Millisecond)

// spoken is a turn of one request: intended at 1 s, sent 100 ms later, 5 tokens from 300 ms on, one each 20 ms.
func spoken() *event.Turn {
	at := 1000 * ms
	r := event.Request{
		Instants: event.Instants{
			Dispatched: at + 90*ms, Connected: at + 95*ms, Sent: at + 100*ms, Headers: at + 250*ms,
			FirstEvent: at + 390*ms, FirstToken: at + 400*ms, FirstAnswer: at + 420*ms, LastToken: at + 480*ms,
			End: at + 490*ms,
		},
		Status: 200, FinishReason: "stop", Chunks: 5, Streamed: true,
		Usage: event.Usage{Input: 30, Output: 5, Cached: 16, Source: event.FromServer},
	}
	for i := range event.Instant(5) {
		r.Arrivals = append(r.Arrivals, r.FirstToken+i*20*ms)
	}
	return &event.Turn{
		Conversation: "ask", Turn: "question", Intended: at, Dispatched: at + 90*ms, End: at + 490*ms,
		Requests: []event.Request{r}, Text: "Hi", FinishReason: "stop",
	}
}

// moved is the turn with what a robot did, and spoke 200 ms after the first token.
func moved(gestures ...event.Gesture) *event.Turn {
	t := spoken()
	t.Gestures, t.Speech = gestures, &event.Speech{Start: 1600 * ms, End: 2000 * ms}
	return t
}

// silent is the turn without any token, ended after 30 s.
func silent(class event.Class) *event.Turn {
	t := spoken()
	t.Class, t.End = class, t.Intended+30000*ms
	r := &t.Requests[0]
	r.FirstEvent, r.FirstToken, r.FirstAnswer, r.LastToken, r.Arrivals = 0, 0, 0, 0, nil
	r.Chunks, r.Usage, r.Class = 0, event.Usage{Source: event.FromNone}, class
	return t
}

// broken is the turn that ended with the class after its tokens, at 30 s.
func broken(class event.Class) *event.Turn {
	t := spoken()
	t.Class, t.End, t.Requests[0].Class = class, t.Intended+30000*ms, class
	return t
}

// listed writes the values of a turn, in order, one for each metric with its values.
func listed(t *event.Turn, o event.Origin) string {
	var order []string
	values := map[string][]string{}
	Values(t, o, func(name string, v Value) {
		if _, ok := metric.Lookup(name); !ok {
			panic(name + " is not in the table")
		}
		if values[name] == nil {
			order = append(order, name)
		}
		mark := map[Sort]string{Exact: "", Lost: "lost>", Cut: "cut>"}[v.Sort]
		values[name] = append(values[name], fmt.Sprintf("%s%.4g", mark, v.V))
	})
	slices.Sort(order)
	for i, name := range order {
		order[i] = name + "=" + strings.Join(values[name], ",")
	}
	return strings.Join(order, " ")
}

func TestValues(t *testing.T) {
	const whole = "cached_tokens=16 connect=0.005 e2e=0.38 icl=0.02,0.02,0.02,0.02 input_tokens=30 " +
		"itl=0.02,0.02,0.02,0.02 output_tokens=5 schedule_lag=0.09 tpot=0.02 ttfa=0.32 ttft=0.3"
	change := func(f func(*event.Turn)) *event.Turn {
		turn := spoken()
		f(turn)
		return turn
	}
	for _, c := range []struct {
		what   string
		turn   *event.Turn
		origin event.Origin
		want   string
	}{
		{"a reply", spoken(), event.FromSent, whole},
		{"the same from intended", spoken(), event.FromIntended, strings.NewReplacer(
			"e2e=0.38", "e2e=0.48", "ttfa=0.32", "ttfa=0.42", "ttft=0.3", "ttft=0.4").Replace(whole)},
		{"a reused connection", change(func(t *event.Turn) { t.Requests[0].Reused = true }), event.FromSent,
			strings.Replace(whole, "connect=0.005 ", "", 1)},
		{"the server also counts the token that ends the reply",
			change(func(t *event.Turn) { t.Requests[0].Chunks = 4 }), event.FromSent, whole},
		{"several tokens in a chunk", change(func(t *event.Turn) { t.Requests[0].Usage.Output = 9 }), event.FromSent,
			"cached_tokens=16 connect=0.005 e2e=0.38 icl=0.02,0.02,0.02,0.02 input_tokens=30 output_tokens=9 " +
				"schedule_lag=0.09 tpot=0.01 ttfa=0.32 ttft=0.3"},
		{"no usage from the server", change(func(t *event.Turn) {
			t.Requests[0].Usage = event.Usage{Output: 5, Source: event.FromChunks}
		}), event.FromSent, "connect=0.005 e2e=0.38 icl=0.02,0.02,0.02,0.02 output_tokens=5 schedule_lag=0.09 " +
			"tpot=0.02 ttfa=0.32 ttft=0.3"},
		{"one token", change(func(t *event.Turn) {
			r := &t.Requests[0]
			r.LastToken, r.Usage.Output, r.Chunks, r.Arrivals = r.FirstToken, 1, 1, r.Arrivals[:1]
		}), event.FromSent, "cached_tokens=16 connect=0.005 e2e=0.3 input_tokens=30 output_tokens=1 " +
			"schedule_lag=0.09 ttfa=0.32 ttft=0.3"},
		{"reasoning only", change(func(t *event.Turn) { t.Requests[0].FirstAnswer = 0 }), event.FromSent,
			strings.Replace(whole, "ttfa=0.32 ", "", 1)},
		{"a whole reply", change(func(t *event.Turn) {
			r := &t.Requests[0]
			r.Streamed, r.Arrivals, r.Chunks, r.FirstToken, r.FirstAnswer, r.LastToken = false, nil, 0, 0, 0, 0
		}), event.FromSent, "cached_tokens=16 connect=0.005 e2e=0.39 input_tokens=30 output_tokens=5 schedule_lag=0.09"},
		{"a tool call makes two requests", change(func(t *event.Turn) {
			second := t.Requests[0]
			second.Reused = true
			second.Instants = event.Instants{
				Dispatched: 2000 * ms, Connected: 2000 * ms, Sent: 2000 * ms, FirstToken: 2100 * ms, FirstAnswer: 2100 * ms,
				LastToken: 2140 * ms, End: 2150 * ms,
			}
			t.Requests[0].FirstAnswer = 0
			second.Arrivals = nil
			t.Requests = append(t.Requests, second)
		}), event.FromSent, "cached_tokens=32 connect=0.005 e2e=1.04 icl=0.02,0.02,0.02,0.02 input_tokens=60 " +
			"itl=0.02,0.02,0.02,0.02 output_tokens=10 schedule_lag=0.09 tpot=0.02,0.01 ttfa=1 ttft=0.3"},

		{"a failure that came fast", silent(event.HTTP5xx), event.FromSent, "connect=0.005 schedule_lag=0.09"},
		{"a stream that was cut by the server", broken(event.StreamTruncated), event.FromSent,
			strings.Replace(whole, "e2e=0.38 ", "", 1)},
		{"no first token in time", silent(event.TimeoutFirstToken), event.FromSent,
			"connect=0.005 e2e=lost>29.9 schedule_lag=0.09 tpot=lost>0 ttfa=lost>29.9 ttft=lost>29.9"},
		{"a stall within the reply", broken(event.TimeoutIdle), event.FromSent,
			"cached_tokens=16 connect=0.005 e2e=lost>29.9 icl=0.02,0.02,0.02,0.02,lost>29.52 input_tokens=30 " +
				"itl=0.02,0.02,0.02,0.02 output_tokens=5 schedule_lag=0.09 tpot=lost>0 ttfa=0.32 ttft=0.3"},
		{"no connection in time", func() *event.Turn {
			turn := silent(event.TimeoutConnect)
			r := &turn.Requests[0]
			r.Connected, r.Sent, r.Headers, r.Streamed = 0, 0, 0, false
			return turn
		}(), event.FromSent, "connect=lost>29.91 e2e=lost>29.91 schedule_lag=0.09 tpot=lost>0 ttfa=lost>29.91 ttft=lost>29.91"},
		{"dropped", &event.Turn{Class: event.Dropped, Intended: 5, End: 5}, event.FromIntended,
			"e2e=lost>0 tpot=lost>0 ttfa=lost>0 ttft=lost>0"},
		{"hung up after the first tokens", broken(event.HungUp), event.FromSent, strings.Replace(whole, "e2e=0.38 ", "", 1)},
		{"hung up before any token", silent(event.HungUp), event.FromSent,
			"connect=0.005 schedule_lag=0.09 ttfa=cut>29.9 ttft=cut>29.9"},
		{"cut off by the end of the run", silent(event.Censored), event.FromIntended,
			"connect=0.005 e2e=cut>30 schedule_lag=0.09 tpot=cut>0 ttfa=cut>30 ttft=cut>30"},
		{"cut off within the reply", broken(event.Censored), event.FromSent,
			"cached_tokens=16 connect=0.005 e2e=cut>29.9 icl=0.02,0.02,0.02,0.02 input_tokens=30 " +
				"itl=0.02,0.02,0.02,0.02 output_tokens=5 schedule_lag=0.09 tpot=cut>0 ttfa=0.32 ttft=0.3"},
		{"a robot that did one thing, refused, failed and skipped others, and spoke", moved(
			event.Gesture{Trigger: 1100 * ms, Start: 1150 * ms, End: 1600 * ms, Status: event.GestureDone},
			event.Gesture{Trigger: 1200 * ms, Start: 1600 * ms, End: 2200 * ms, Status: event.GestureRefused},
			event.Gesture{Trigger: 1200 * ms, End: 3200 * ms, Status: event.GestureFailed},
			event.Gesture{Trigger: 1200 * ms, End: 1700 * ms, Status: event.GestureCancelled},
			event.Gesture{Status: event.GestureSkipped},
		), event.FromSent, "gesture_done=0.5,lost>1,lost>2,cut>0.5 gesture_start=0.05,0.4,lost>2,cut>0.5 reaction=0.06 speech_start=0.2"},
		{"a robot that did not move", moved(event.Gesture{Trigger: 1100 * ms, End: 3100 * ms, Status: event.GestureFailed}),
			event.FromSent, "gesture_done=lost>2 gesture_start=lost>2 reaction=lost>0.49 speech_start=0.2"},
		{"a robot that moved only before", moved(event.Gesture{Trigger: 100 * ms, Start: 200 * ms, End: 300 * ms, Status: event.GestureDone}),
			event.FromSent, "gesture_done=0.2 gesture_start=0.1 speech_start=0.2"},
		{"nothing at all", &event.Turn{}, event.FromSent, ""},
	} {
		t.Run(c.what, func(t *testing.T) {
			got := listed(c.turn, c.origin)
			if c.turn.Gestures != nil { // the rest is that of any turn
				got = strings.Join(slices.DeleteFunc(strings.Fields(got), func(s string) bool { return !ofRobots.MatchString(s) }), " ")
			}
			if got != c.want {
				t.Errorf("\ngot  %s\nwant %s", got, c.want)
			}
		})
	}
}

var ofRobots = regexp.MustCompile(`^(gesture_|reaction|speech_)`)

// Every metric that has values in a turn is given by some turn, and each metric of a run by rate.
func TestValuesCoverTheTable(t *testing.T) {
	given := map[string]bool{"error": true, "dropped": true} // by FactsOf
	Values(moved(event.Gesture{Trigger: 1100 * ms, Start: 1150 * ms, End: 1600 * ms, Status: event.GestureDone}), event.FromSent,
		func(name string, _ Value) { given[name] = true })
	var f flow
	f.add(spoken(), event.Window{}, true)
	for _, m := range metric.Table {
		if m.Per == metric.PerRun {
			given[m.Name] = f.value(m.Name, event.Window{}) > 0
		}
		if !given[m.Name] {
			t.Errorf("%s has no value", m.Name)
		}
	}
}
