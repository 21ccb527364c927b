package report

import (
	"fmt"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// mostTurns is how many turns the page lists.
const mostTurns = 150

// turnList is the turns that the page shows, each with its instants on one scale.
type turnList struct {
	ID, Heading, About string
	// Length is the time that a whole bar stands for.
	Length string
	Turns  []turnView
}

// turnView is one turn.
type turnView struct {
	Mark, Tone, Word   string
	Name, Where        string
	Measured           string
	Bar                []segment
	BarText            string
	User               string
	Reasoning, Refusal string
	Reply              string
	Calls              []callView
	Outcome            string
	Robot              []note
	Judged             []string
	Checks             []note
	Open               bool
}

type callView struct{ Call, Result string }

// SegmentKinds is the legend of the bars.
func (turnList) SegmentKinds() []segmentKind { return segmentKinds }

// turnsOf lists the turns of a single run, broken promises first where there are too many for all.
func turnsOf(run *results.Run, room *room) turnList {
	list := turnList{ID: "turns", Heading: "Turns"}
	if !run.Rules.Single {
		return list
	}
	turns := run.Turns
	if len(turns) > mostTurns {
		turns = chosen(turns)
		list.About = fmt.Sprintf("%s of %s, those that broke a promise first. The JSON report has all.",
			measure.Thousands(len(turns)), measure.Count(len(run.Turns), "turn"))
	}
	list.show(turns, run.Summary.Origin, room)
	for i := range list.Turns {
		t := &list.Turns[i]
		t.Open = len(turns) <= 12 || t.Tone == "fail" && i < 12
	}
	return list
}

// chosen takes the turns that broke a promise, then others, in their order.
func chosen(turns []event.Turn) []event.Turn {
	var first, rest []event.Turn
	for i := range turns {
		if t := &turns[i]; measure.Unexpected(t) || !measure.AssertionsOf(t).Hold() {
			first = append(first, *t)
		} else {
			rest = append(rest, *t)
		}
	}
	all := append(first, rest...)
	return all[:min(len(all), mostTurns)]
}

// show fills in the turns, with bars on the scale of the longest.
func (l *turnList) show(turns []event.Turn, origin event.Origin, room *room) {
	longest := event.Instant(0)
	for i := range turns {
		longest = max(longest, turns[i].End-began(&turns[i]))
	}
	l.Length = onPage.Duration(longest.Seconds())
	for i := range turns {
		v := viewOf(&turns[i], origin, room)
		v.Bar = bar(&turns[i], longest)
		v.BarText = barText(v.Bar)
		l.Turns = append(l.Turns, v)
	}
}

func viewOf(t *event.Turn, origin event.Origin, room *room) turnView {
	mark, word, _ := strings.Cut(onPage.turnMark(t), " ")
	v := turnView{
		Mark: mark, Word: word, Tone: map[string]string{"pass": "pass", "fail": "fail"}[word],
		Name: Escape(t.Conversation + "." + t.Turn), Where: whereOf(t), Measured: measuredText(t, origin),
		User: room.text(t.User), Reasoning: room.text(t.Reasoning), Refusal: room.text(t.Refusal), Reply: room.text(t.Text),
		Robot: robotNotes(t, room), Outcome: room.text(outcomeOf(t)),
	}
	if v.Tone == "" {
		v.Tone = "open"
	}
	for _, c := range t.ToolCalls {
		v.Calls = append(v.Calls, callView{room.text(c.Name + "(" + c.Arguments + ")"), room.text(c.Result)})
	}
	for _, text := range judgementTexts(t) {
		v.Judged = append(v.Judged, room.text(text))
	}
	if all := measure.AssertionsOf(t); all.Checked() > 0 && all.Hold() {
		v.Checks = append(v.Checks, note{"pass", onPage.glyphs().pass, all.String()})
	}
	for i := range t.Assertions {
		if a := &t.Assertions[i]; a.Outcome != event.Passed {
			v.Checks = append(v.Checks, check(a, room))
		}
	}
	return v
}

func check(a *event.Assertion, room *room) note {
	n := note{"fail", onPage.glyphs().fail, room.text(assertionText(a))}
	if a.Outcome != event.Failed {
		n.Tone, n.Mark = "open", onPage.glyphs().open
	}
	return n
}

// whereOf says which of a load's turns it is.
func whereOf(t *event.Turn) string {
	var parts []string
	if t.Load != "" {
		parts = append(parts, t.Load)
	}
	if t.Stage != "" {
		parts = append(parts, t.Stage)
	}
	if t.Load != "" {
		parts = append(parts, fmt.Sprintf("conversation %s, at %s", measure.Thousands(int(t.Session)), clockTime(began(t).Seconds())))
	}
	return Escape(strings.Join(parts, " · "))
}

// measuredText says what was measured of a turn. What a person waited comes first, where it is what counts.
func measuredText(t *event.Turn, origin event.Origin) string {
	items := onPage.measured(t)
	if ttft, ok := t.TTFT(origin); ok && origin == event.FromIntended {
		waited := "from intended: TTFT " + onPage.Duration(ttft.Seconds())
		if e2e, ok := t.E2E(origin); ok {
			waited += ", end to end " + onPage.Duration(e2e.Seconds())
		}
		items[0] = "from sent: " + items[0] // its TTFT
		items = append([]string{waited}, items...)
	}
	if t.Class != event.OK {
		items = append([]string{string(t.Class)}, items...)
	}
	return strings.Join(items, " · ")
}

// outcomeOf says how a turn ended that did not simply succeed.
func outcomeOf(t *event.Turn) string {
	if _, message := turnDefect(t); message != "" {
		return message
	}
	switch t.Class {
	case event.OK:
		return ""
	case event.HungUp:
		return "hung up, as the scenario asks"
	case event.Censored:
		return "cut off: the run ended first"
	case event.Dropped:
		return "dropped: the limit of conversations in flight was reached"
	}
	return "failed, as expected: " + strings.TrimSuffix(string(t.Class)+": "+t.Message, ": ")
}
