package edge

import (
	"encoding/json"
	"io"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/report"
)

// jsonLines writes a talk for a program: one object a line, whose type says what it is. A turn comes when all that came of
// it is over.
type jsonLines struct {
	encoder *json.Encoder
	redact  func(string) string
	limit   func() time.Duration
}

func newJSONLines(w io.Writer, redact func(string) string) *jsonLines {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return &jsonLines{encoder: e, redact: redact}
}

// turnLine is a turn. Times are seconds from when the person sent what they said; null where the moment never came.
type turnLine struct {
	Type         string           `json:"type"` // turn
	Turn         string           `json:"turn"`
	User         string           `json:"user"`
	Text         string           `json:"text"`
	Reasoning    string           `json:"reasoning,omitempty"`
	Refusal      string           `json:"refusal,omitempty"`
	ToolCalls    []event.ToolCall `json:"tool_calls,omitempty"`
	FinishReason string           `json:"finish_reason"`
	ErrorClass   string           `json:"error_class"`
	Message      string           `json:"message,omitempty"`
	Interrupted  bool             `json:"interrupted"`
	Model        string           `json:"model,omitempty"`
	TTFT         *float64         `json:"ttft"`
	E2E          *float64         `json:"e2e"`
	SLO          float64          `json:"slo"`
	Within       bool             `json:"within_slo"`
	Retries      int              `json:"retries"`
	Usage        event.Usage      `json:"usage"`
	Reaction     *float64         `json:"reaction"`
	SpeechStart  *float64         `json:"speech_start"`
	Gestures     []gestureLine    `json:"gestures,omitempty"`
}

type gestureLine struct {
	Perform string              `json:"perform"`
	Gesture string              `json:"gesture"`
	On      string              `json:"on"`
	Status  event.GestureStatus `json:"status"`
	Detail  string              `json:"detail,omitempty"`
}

// textLine is an answer to a command, or a note.
type textLine struct {
	Type string `json:"type"` // answer, note
	Text string `json:"text"`
}

// Said, Delta, Called and Reply show nothing: Settled shows it all.
func (j *jsonLines) Said(string) {}

// Delta shows nothing.
func (j *jsonLines) Delta(report.Kind, string) {}

// Called shows nothing.
func (j *jsonLines) Called(event.ToolCall) {}

// Reply shows nothing.
func (j *jsonLines) Reply(*event.Turn) {}

// Settled shows a turn.
func (j *jsonLines) Settled(t *event.Turn) {
	slo := j.limit()
	e2e, came := t.E2E(event.FromIntended)
	l := turnLine{
		Type: "turn", Turn: t.Turn, User: j.redact(t.User), Text: j.redact(t.Text), Reasoning: j.redact(t.Reasoning), Refusal: j.redact(t.Refusal),
		FinishReason: t.FinishReason, ErrorClass: string(t.Class), Message: j.redact(t.Message), Interrupted: t.Class == event.HungUp,
		TTFT: secondsOf(t.TTFT(event.FromIntended)), E2E: secondsOf(e2e, came), SLO: slo.Seconds(), Within: came && e2e <= slo,
		Usage: t.Usage(), Reaction: secondsOf(t.Reaction()), SpeechStart: secondsOf(t.SpeechStart()),
	}
	for _, call := range t.ToolCalls {
		call.Arguments, call.Result = j.redact(call.Arguments), j.redact(call.Result)
		l.ToolCalls = append(l.ToolCalls, call)
	}
	for i := range t.Requests {
		l.Model = t.Requests[i].Model
		l.Retries += t.Requests[i].Retries
	}
	for _, g := range t.Gestures {
		if g.Status == event.GestureSkipped {
			continue // it was not wanted
		}
		l.Gestures = append(l.Gestures, gestureLine{g.Perform, g.Gesture, g.On, g.Status, g.Detail})
	}
	_ = j.encoder.Encode(l) // whoever reads may have left; the talk goes on
}

func secondsOf(d time.Duration, ok bool) *float64 {
	if !ok {
		return nil
	}
	s := d.Seconds()
	return &s
}

// Answer shows what a command has to say.
func (j *jsonLines) Answer(text string) { _ = j.encoder.Encode(textLine{"answer", j.redact(text)}) }

// Note shows what a program should know.
func (j *jsonLines) Note(text string) { _ = j.encoder.Encode(textLine{"note", j.redact(text)}) }
