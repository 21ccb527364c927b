package report

import (
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

func vote(score float64, reason string) event.Vote {
	return event.Vote{
		Score: number(score), Reason: reason, Dispatched: 500 * ms, End: 750 * ms, Usage: event.Usage{Input: 180, Output: 24, Source: event.FromServer},
	}
}

func lostVote(message string) event.Vote {
	return event.Vote{Class: event.Protocol, Message: message, Dispatched: 500 * ms, End: 900 * ms, Usage: event.Usage{Source: event.FromNone}}
}

// judged is a run whose replies were judged: one meets its rubric, one does not, and of one nobody could tell.
func judged() *results.Run {
	good := reply("parcel", "late", "Where is it?", "I am sorry. It comes tomorrow.")
	good.Judgements = []event.Judgement{{
		Rubric: "helpful", Endpoint: "judge", Outcome: event.Passed, Threshold: 0.7, Score: number(0.85), Reason: "It says sorry, and when it comes.",
		Votes: []event.Vote{vote(0.9, "It says sorry, and when it comes."), vote(0.8, "Polite.")}, Start: 500 * ms, End: 750 * ms,
	}}
	good.Assertions = []event.Assertion{passed}
	bad := reply("parcel", "discount", "Do I get a discount?", "No.")
	bad.Judgements = []event.Judgement{{
		Rubric: "helpful", Endpoint: "judge", Outcome: event.Failed, Threshold: 0.7, Score: number(0), Reason: hostile,
		Votes: []event.Vote{vote(0, hostile)}, Start: 500 * ms, End: 750 * ms,
	}}
	bad.Assertions = []event.Assertion{failed("Only 0.", "")}
	untold := reply("parcel", "why", "Why?", "Because.")
	untold.Judgements = []event.Judgement{{
		Rubric: "helpful", Endpoint: "judge", Outcome: event.Inconclusive, Threshold: 0.7, Message: "the judge refused: " + hostile,
		Votes: []event.Vote{lostVote("the judge refused: " + hostile)}, Start: 500 * ms, End: 900 * ms,
	}}
	untold.Assertions = []event.Assertion{{
		Outcome: event.Inconclusive, File: "scenarios/rubric.hcl", Line: 52, Condition: "rubric.helpful.met",
		Message: `rubric "helpful" could not tell: the judge refused`,
	}}
	return finished([]event.Turn{good, bad, untold}, measure.Ending{})
}

// judgedLoad is a load of which some replies could not be judged.
func judgedLoad() *results.Run {
	run := refusedLoad()
	sum := run.Summary
	sum.Verdict, sum.ExitCode, sum.Reason = measure.Inconclusive, measure.ExitInconclusive, "120 turns, 2 of 120 assertions inconclusive"
	sum.Requests, sum.Examples = measure.Requests{Offered: 120, Succeeded: 120}, nil
	sum.Errors, sum.Objectives = map[event.Class]int{}, []measure.Result{}
	seconds := measure.Stats{Unit: "seconds", Count: 358, Mean: number(1.1), P50: number(1), P90: number(1.9), P95: number(2.2), P99: number(3), Max: number(3.1)}
	score := measure.Stats{Unit: "score", Count: 118, Mean: number(0.824), P50: number(0.9), P90: number(1), P95: number(1), P99: number(1), Max: number(1)}
	sum.Rubrics = []measure.Rubric{{
		Name: "helpful", Endpoint: "judge", Threshold: 0.7, Met: 118, Inconclusive: 2, Asked: 358, Lost: 5, Tokens: 73032, Score: score, Took: seconds,
	}}
	check := measure.Check{File: "rubric.hcl", Line: 52, Condition: "rubric.helpful.met", Assertions: measure.Assertions{Passed: 118, Inconclusive: 2}}
	check.Examples = []measure.Example{{
		Conversation: "parcel", Turn: "late", Session: 17, At: 2 * 1000 * ms, Outcome: event.Inconclusive,
		Detail: `Assertion is inconclusive: rubric "helpful" could not tell: the run ended before the judge was asked`,
	}}
	sum.Checks = []measure.Check{check}
	return run
}
