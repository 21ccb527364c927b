package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
)

// judgementText says what a rubric came to for a reply, in a line.
func judgementText(j *event.Judgement) string {
	text := "rubric " + j.Rubric + ": "
	if j.Score == nil {
		return text + "could not tell: " + oneLine(j.Message)
	}
	text += scoreText(*j.Score)
	if j.Outcome == event.Passed {
		text += ", met from "
	} else {
		text += ", not met below "
	}
	text += scoreText(j.Threshold)
	if len(j.Votes) > 1 {
		var votes []string
		for i := range j.Votes {
			votes = append(votes, voteText(&j.Votes[i]))
		}
		text += ", votes " + strings.Join(votes, " ")
	}
	if j.Reason != "" {
		text += ": " + oneLine(j.Reason)
	}
	return text
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// voteText is a vote's score, or a dash where it gave none.
func voteText(v *event.Vote) string {
	if v.Score == nil {
		return "-"
	}
	return scoreText(*v.Score)
}

// scoreText is a score, or a threshold, to the hundredth.
func scoreText(x float64) string { return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64) }

// judgements shows what judges said of the reply. Whether that is as it should be, the assertions say.
func (c *Console) judgements(t *event.Turn) {
	for i := range t.Judgements {
		j := &t.Judgements[i]
		if j.Score == nil {
			c.paragraph(c.style.glyphs().open+" ", judgementText(j), 0, yellow)
			continue
		}
		c.paragraph("", judgementText(j), userLines)
	}
}

// judgementTexts are what judges said of the reply.
func judgementTexts(t *event.Turn) []string {
	var out []string
	for i := range t.Judgements {
		out = append(out, judgementText(&t.Judgements[i]))
	}
	return out
}

// judgementsOf is a turn's rubrics with their scores: polite=0.9 brief=inconclusive.
func judgementsOf(t *event.Turn) string {
	var all []string
	for i := range t.Judgements {
		j := &t.Judgements[i]
		said := string(j.Outcome)
		if j.Score != nil {
			said = scoreText(*j.Score)
		}
		all = append(all, j.Rubric+"="+said)
	}
	return strings.Join(all, " ")
}

// rubricTexts are what the judgements of a run came to, a line each.
func (s Style) rubricTexts(sum *measure.Summary) []string {
	var out []string
	for i := range sum.Rubrics {
		out = append(out, "rubric "+sum.Rubrics[i].Name+": "+s.rubricText(&sum.Rubrics[i]))
	}
	return out
}

// rubricText says how the replies were judged by a rubric, and what that took of its judge.
func (s Style) rubricText(r *measure.Rubric) string {
	parts := []string{fmt.Sprintf("%s of %s met it", measure.Thousands(r.Met), replies(r.Met+r.Missed+r.Inconclusive))}
	if r.Inconclusive > 0 {
		parts = append(parts, measure.Thousands(r.Inconclusive)+" could not be judged")
	}
	if r.Score.P50 != nil && r.Score.Mean != nil {
		parts = append(parts, "score p50 "+scoreText(*r.Score.P50)+", mean "+scoreText(*r.Score.Mean))
	}
	asked := fmt.Sprintf("endpoint %s asked %s", r.Endpoint, measure.Count(r.Asked, "time"))
	if r.Lost > 0 {
		asked += fmt.Sprintf(" (%s without a score)", measure.Thousands(r.Lost))
	}
	parts = append(parts, asked)
	if r.Took.P95 != nil {
		parts = append(parts, "p95 "+s.statsCell(&r.Took, r.Took.P95))
	}
	if r.Tokens > 0 {
		parts = append(parts, measure.Count(r.Tokens, "token"))
	}
	return strings.Join(parts, ", ")
}

func replies(n int) string {
	if n == 1 {
		return "1 reply"
	}
	return measure.Thousands(n) + " replies"
}

// rubricFacts are the same for a page.
func rubricFacts(sum *measure.Summary) []fact {
	var out []fact
	for i := range sum.Rubrics {
		out = append(out, fact{Escape(sum.Rubrics[i].Name), Escape(onPage.rubricText(&sum.Rubrics[i]))})
	}
	return out
}
