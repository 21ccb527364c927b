// Package rubric lets a model judge a reply, and says what became of that. The text that is judged is data: it goes to the
// judge within a JSON text of which no character can end it, and nothing but an answer of the form that was asked for is
// read as a vote. Who could not be asked, or did not answer so, has not voted.
package rubric

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"aimbench/engine/chat"
	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// Endpoint answers one request. *chat.Client is one. The error is a *chat.Error.
type Endpoint interface {
	Do(ctx context.Context, request *chat.Request, reply *chat.Reply) error
}

// Case is a reply to be judged.
type Case struct {
	Criteria string
	// User is what the reply answers.
	User, Reply string
	// Seed is that of the first vote's sampling; those of the others follow it.
	Seed int64
}

// Judge judges replies by one rubric. It may be used by several goroutines at once.
type Judge struct {
	rubric   *scenario.Rubric
	endpoint Endpoint
	clock    event.Clock
	redact   func(string) string
	slots    chan struct{}
}

// New returns a judge. No text goes to the endpoint, nor comes from it into a judgement, but through redact.
func New(r *scenario.Rubric, endpoint Endpoint, clock event.Clock, redact func(string) string) *Judge {
	return &Judge{rubric: r, endpoint: endpoint, clock: clock, redact: redact, slots: make(chan struct{}, max(1, r.MaxInFlight))}
}

// mostJudged bounds the reply and what it answers together, in bytes. A longer one is not cut, as that would be another.
const mostJudged = 256 << 10

// Judge asks for the votes, side by side, and counts them. The end of ctx leaves out those that are not in.
func (j *Judge) Judge(ctx context.Context, c Case) event.Judgement {
	out := event.Judgement{
		Rubric: j.rubric.Name, Endpoint: j.rubric.Endpoint.Name, Outcome: event.Inconclusive, Threshold: j.rubric.Threshold,
		Votes: []event.Vote{}, Start: j.clock.Now(),
	}
	switch {
	case c.Reply == "":
		out.Message = "there is no reply to judge"
	case len(c.Reply)+len(c.User) > mostJudged:
		out.Message = fmt.Sprintf("the reply and what it answers are longer than the %d KiB that are judged", mostJudged>>10)
	default:
		out.Votes = j.votes(ctx, c)
		decide(&out)
	}
	out.End = j.clock.Now()
	return out
}

func (j *Judge) votes(ctx context.Context, c Case) []event.Vote {
	votes := make([]event.Vote, j.rubric.Votes)
	messages := j.messages(c)
	var all sync.WaitGroup
	for i := range votes {
		all.Go(func() {
			select {
			case j.slots <- struct{}{}:
				defer func() { <-j.slots }()
				votes[i] = j.vote(ctx, j.request(messages, c.Seed+int64(i)))
			case <-ctx.Done():
				votes[i] = event.Vote{Class: event.Censored, Message: "the run ended before the judge was asked", Usage: event.Usage{Source: event.FromNone}}
			}
		})
	}
	all.Wait()
	return votes
}

func (j *Judge) vote(ctx context.Context, request *chat.Request) event.Vote {
	var reply chat.Reply
	v := event.Vote{Dispatched: j.clock.Now()}
	err := j.endpoint.Do(ctx, request, &reply)
	v.End, v.Usage = j.clock.Now(), reply.Usage
	if err != nil {
		v.Class, v.Message = cmp.Or(reply.Class, event.Protocol), j.redact(err.Error())
		return v
	}
	score, reason, err := read(&reply)
	if err != nil {
		v.Class, v.Message = event.Protocol, j.redact(err.Error())
		return v
	}
	v.Score, v.Reason = &score, j.redact(reason)
	return v
}

// decide counts the votes: more than half of all that were asked for decide.
func decide(out *event.Judgement) {
	met, missed := 0, 0
	var scores []float64
	for i := range out.Votes {
		score := out.Votes[i].Score
		switch {
		case score == nil:
			continue
		case *score >= out.Threshold:
			met++
		default:
			missed++
		}
		scores = append(scores, *score)
	}
	all := len(out.Votes)
	switch {
	case 2*met > all:
		out.Outcome = event.Passed
	case 2*missed > all:
		out.Outcome = event.Failed
	default:
		out.Message = undecided(out, met, missed)
		return
	}
	score := median(scores)
	out.Score = &score
	out.Reason = nearest(out.Votes, score)
}

// undecided says why the votes do not decide.
func undecided(out *event.Judgement, met, missed int) string {
	lost, why := 0, ""
	for i := range out.Votes {
		if v := &out.Votes[i]; v.Score == nil {
			lost++
			why = cmp.Or(why, v.Message)
		}
	}
	switch {
	case len(out.Votes) == 1:
		return why
	case lost == 0:
		return fmt.Sprintf("its votes are split, %d for and %d against", met, missed)
	}
	return fmt.Sprintf("of %d votes %d are for, %d against and %d without a score: %s", len(out.Votes), met, missed, lost, why)
}

func median(scores []float64) float64 {
	slices.Sort(scores)
	n := len(scores)
	return (scores[(n-1)/2] + scores[n/2]) / 2
}

// nearest is the reason of the vote that is nearest to the score.
func nearest(votes []event.Vote, score float64) string {
	best, reason := math.Inf(1), ""
	for i := range votes {
		if v := &votes[i]; v.Score != nil && math.Abs(*v.Score-score) < best {
			best, reason = math.Abs(*v.Score-score), v.Reason
		}
	}
	return reason
}
