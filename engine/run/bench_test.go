package run

import (
	"context"
	"testing"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// instant answers at once.
type instant struct{ clock event.Clock }

func (i instant) Do(_ context.Context, _ *chat.Request, reply *chat.Reply) error {
	reply.Reset()
	reply.Sent, reply.FirstToken, reply.LastToken = i.clock.Now(), i.clock.Now(), i.clock.Now()
	reply.End, reply.Class = i.clock.Now(), event.OK
	return nil
}

type nobody struct{}

func (nobody) Record(*event.Turn) {}

// What a conversation of one turn costs besides its request.
func BenchmarkSession(b *testing.B) {
	s := read(b, loadOf("  users = 1\n  iterations = 1"))
	clock := event.NewClock()
	session := Session{Scenario: s, Conversation: s.Conversations[0], Endpoint: instant{clock}, Clock: clock, Sink: nobody{}}
	b.ReportAllocs()
	for b.Loop() {
		session.Site = scenario.Site{Seed: 1, Load: "l", Session: session.Site.Session + 1}
		session.Run(context.Background(), clock.Now())
	}
}
