package acceptance

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/scenario"
	"aimbench/robot/speech"
)

var replySteps = []Step{
	{
		Kind: Then, Expr: "the reply contains {text}", Not: "the reply does not contain {text}", Example: `the reply contains "Paris"`,
		About: "the text of the last reply has this in it, whatever the case of its letters",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			return found(strings.Contains(strings.ToLower(t.Text), strings.ToLower(a.text(0))), "%s", w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply is {text}", Not: "the reply is not {text}", Example: `the reply is "Yes."`,
		About: "it is this, but for white space at its ends",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			return found(strings.TrimSpace(t.Text) == strings.TrimSpace(a.text(0)), "%s", w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply matches {text}", Not: "the reply does not match {text}", Example: `the reply matches "(?i)room \\d+"`,
		About: "it has a match of this regular expression (RE2)",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			re, err := regexp.Compile(a.text(0))
			if err != nil {
				return finding{}, &Failure{Code: measure.ExitUsage, Text: err.Error()}
			}
			return found(re.MatchString(t.Text), "%s", w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply has at most {count} sentence(s)", Not: "the reply has more than {count} sentence(s)", Example: "the reply has at most 2 sentences",
		About: "counted as they would be spoken; the end of a line ends a sentence",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			var s speech.Splitter
			n := len(s.Feed(t.Text))
			n += len(s.End())
			return found(t.Class == event.OK && n <= a.count(0), "%s: %s", measure.Count(n, "sentence"), w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply has at most {count} word(s)", Not: "the reply has more than {count} word(s)", Example: "the reply has at most 40 words",
		About: "counted by the white space between them",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			n := len(strings.Fields(t.Text))
			return found(t.Class == event.OK && n <= a.count(0), "%s: %s", measure.Count(n, "word"), w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply is JSON", Not: "the reply is not JSON", Example: "the reply is JSON",
		About: "all of it is one JSON text, without words or a fence around it",
		check: ofReply(func(w *world, t *turn, _ *args) (finding, error) {
			return found(json.Valid([]byte(t.Text)), "%s", w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply is JSON in which {text} is {text}", Not: "the reply is JSON in which {text} is not {text}",
		Example: `the reply is JSON in which "guest.rooms.0" is "12"`,
		About:   "the value at that place (names and numbers with dots between) is this; without such a value neither holds",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			v, err := at(t.Text, a.text(0))
			if err != nil {
				return finding{holds: a.not, got: fmt.Sprintf("%s in %s", err, w.reply(t))}, nil
			}
			return found(same(v, a.text(1)), "%s is %s in %s", clip(a.text(0)), clip(shown(v)), w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply is JSON with:", Not: "the reply is not JSON with:", Example: "the reply is JSON with:", Below: Text, Sample: `{"guest": {"name": "Ada"}}`,
		About: "it has all that the JSON below has; objects may have more",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			var want, got any
			if err := json.Unmarshal([]byte(a.doc.Content), &want); err != nil {
				return finding{}, &Failure{Code: measure.ExitUsage, Text: "the text below is not JSON: " + err.Error()}
			}
			if err := json.Unmarshal([]byte(t.Text), &got); err != nil {
				return found(false, "%s", w.reply(t))
			}
			return found(has(got, want), "%s", w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the reply satisfies the schema:", Not: "the reply does not satisfy the schema:", Example: "the reply satisfies the schema:", Below: Text, Sample: `{"type": "object", "required": ["room"]}`,
		About: "it is JSON that holds to the JSON schema below",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			problems, err := scenario.SchemaProblems(t.Text, a.doc.Content)
			if err != nil {
				return finding{}, &Failure{Code: measure.ExitUsage, Text: err.Error()}
			}
			got := w.reply(t)
			if len(problems) > 0 {
				got = clip(strings.Join(problems, "; ")) + " in " + got
			}
			return found(len(problems) == 0, "%s", got)
		}),
	},
	{
		Kind: Then, Expr: "the reply calls the tool {text}", Not: "the reply does not call the tool {text}", Example: `the reply calls the tool "get_weather"`,
		About: "the model called that function in the last turn",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			for _, c := range t.ToolCalls {
				if c.Name == a.text(0) {
					return found(true, "a call: %s", answer(t, w.redact()))
				}
			}
			return found(false, "no such call: %s", answer(t, w.redact()))
		}),
	},
	{
		Kind: Then, Expr: "the reply calls the tool {text} with:", Not: "the reply does not call the tool {text} with:",
		Example: `the reply calls the tool "get_weather" with:`, Below: Text, Sample: `{"city": "Paris"}`,
		About: "it called it with arguments that have all that the JSON below has",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			var want any
			if err := json.Unmarshal([]byte(a.doc.Content), &want); err != nil {
				return finding{}, &Failure{Code: measure.ExitUsage, Text: "the text below is not JSON: " + err.Error()}
			}
			for _, c := range t.ToolCalls {
				var got any
				if c.Name == a.text(0) && json.Unmarshal([]byte(c.Arguments), &got) == nil && has(got, want) {
					return found(true, "such a call: %s", answer(t, w.redact()))
				}
			}
			return found(false, "no such call: %s", answer(t, w.redact()))
		}),
	},
	{
		Kind: Then, Expr: "the turn succeeds", Not: "the turn fails", Example: "the turn succeeds",
		About: "a whole reply came",
		check: ofReply(func(w *world, t *turn, _ *args) (finding, error) {
			return found(t.Class == event.OK, "%s", w.reply(t))
		}),
	},
	{
		Kind: Then, Expr: "the turn fails with {class}", Not: "the turn does not fail with {class}", Example: "the turn fails with http_5xx",
		About: "it failed, and in this way",
		check: ofReply(func(w *world, t *turn, a *args) (finding, error) {
			return found(string(t.Class) == a.text(0), "%s", w.reply(t))
		}),
	},
}

// ofReply is a check of the turn that a Then is about.
func ofReply(check func(*world, *turn, *args) (finding, error)) func(context.Context, *world, *args) (finding, error) {
	return func(_ context.Context, w *world, a *args) (finding, error) {
		t, err := w.turn()
		if err != nil {
			return finding{}, err
		}
		return check(w, t, a)
	}
}

// reply shows the reply of a turn, or why there was none.
func (w *world) reply(t *turn) string {
	redact := w.redact()
	switch {
	case t.Class == event.HungUp && t.Text != "":
		return fmt.Sprintf("the reply %s, which was cut in on", quoted(redact(t.Text)))
	case t.Class != event.OK:
		return fmt.Sprintf("no reply: %s, %s", t.Class, clip(redact(t.Message)))
	case t.Text == "" && len(t.ToolCalls) > 0:
		return "no text: " + answer(t, redact)
	}
	return "the reply " + quoted(redact(t.Text))
}

// at is the value at a place in a JSON text.
func at(text, place string) (any, error) {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return nil, fmt.Errorf("it is not JSON")
	}
	for _, step := range strings.Split(place, ".") {
		switch in := v.(type) {
		case map[string]any:
			next, ok := in[step]
			if !ok {
				return nil, fmt.Errorf("there is no %s", clip(place))
			}
			v = next
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(in) {
				return nil, fmt.Errorf("there is no %s", clip(place))
			}
			v = in[i]
		default:
			return nil, fmt.Errorf("there is no %s", clip(place))
		}
	}
	return v, nil
}

// same says whether a value is what a text says: the text itself, or the JSON that it is.
func same(v any, text string) bool {
	if s, ok := v.(string); ok {
		return s == text
	}
	var want any
	return json.Unmarshal([]byte(text), &want) == nil && reflect.DeepEqual(v, want)
}

func shown(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return "a value that is not shown"
	}
	return string(text)
}

// has says whether a JSON value has all that another has. Lists are as long as each other.
func has(got, want any) bool {
	switch want := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		for k, v := range want {
			in, there := g[k]
			ok = ok && there && has(in, v)
		}
		return ok
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(want) {
			return false
		}
		for i := range want {
			ok = ok && has(g[i], want[i])
		}
		return ok
	}
	return reflect.DeepEqual(got, want)
}
