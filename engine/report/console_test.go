package report

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
	"aimbench/engine/scenario"
)

// stream shows a run as it would happen: each text in pieces that end where cut says.
func stream(c *Console, run *results.Run, cut func(text string) []string) {
	c.Begin(&run.Header)
	for i := range run.Turns {
		t := &run.Turns[i]
		c.TurnStart(t.Conversation, t.Turn, t.User)
		for _, piece := range cut(t.Reasoning) {
			c.Delta(Reasoning, piece)
		}
		for _, call := range t.ToolCalls {
			c.ToolCall(call)
		}
		for _, piece := range cut(t.Refusal) {
			c.Delta(Refusal, piece)
		}
		for _, piece := range cut(t.Text) {
			c.Delta(Answer, piece)
		}
		c.TurnEnd(t)
	}
	c.End(run.Summary)
}

func whole(text string) []string { return []string{text} }

// runes cuts a text after each character, as the smallest tokens do.
func runes(text string) []string {
	var out []string
	for text != "" {
		_, n := utf8.DecodeRuneInString(text)
		out, text = append(out, text[:n]), text[n:]
	}
	return out
}

func anywhere(random *rand.Rand) func(string) []string {
	return func(text string) []string {
		var out []string
		for text != "" {
			n := 1 + random.IntN(len(text))
			out, text = append(out, text[:n]), text[n:]
		}
		return out
	}
}

// What streams in reads as the finished run does, however the reply was cut.
func TestAStreamedRunReadsAsTheFinishedOne(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for _, r := range runs {
		for _, style := range []Style{{Width: 60, Unicode: true}, {Width: 120}, {Width: 80, Unicode: true, Color: true}} {
			run := r.run()
			var finished bytes.Buffer
			if err := Text(&finished, run, style); err != nil {
				t.Fatal(err)
			}
			for _, cut := range []func(string) []string{whole, runes, anywhere(random)} {
				var streamed bytes.Buffer
				c := NewConsole(&streamed, style, nil)
				stream(c, run, cut)
				if c.Err() != nil || streamed.String() != finished.String() {
					t.Errorf("%s streamed\n%s\nfinished\n%s", r.name, streamed.String(), finished.String())
				}
			}
		}
	}
}

// A word shows as soon as it is known to be whole.
func TestWordsShowAsTheyCome(t *testing.T) {
	var b bytes.Buffer
	c := NewConsole(&b, Style{Width: 60, Unicode: true}, nil)
	c.TurnStart("smoke", "greet", "Hello!")
	b.Reset()
	for _, step := range []struct{ piece, shown string }{
		{"I", ""}, {" am", "         ▏ I"}, {" Reachy", " am"}, {" M", " Reachy"}, {"ini.\n", " Mini."}, {"\n", ""},
		{"Next ", "\n         ▏\n         ▏ Next"}, {"日", ""}, {"本", " 日"}, {"語", "本"},
	} {
		c.Delta(Answer, step.piece)
		if b.String() != step.shown {
			t.Errorf("after %q it shows %q, want %q", step.piece, b.String(), step.shown)
		}
		b.Reset()
	}
}

// A secret that a server echoes is not shown, wherever its pieces are cut.
func TestSecretsAreNotStreamed(t *testing.T) {
	const secret = "sk-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789-abcdefghijklmnopqrstuvwxyz"
	var secrets scenario.Secrets
	secrets.Add(secret)
	for _, cut := range []func(string) []string{whole, runes, anywhere(rand.New(rand.NewPCG(3, 4)))} {
		run := passing()
		turn := &run.Turns[0]
		turn.Text, turn.Reasoning = "Your key is "+secret+", I think: "+secret, secret
		turn.User, turn.Class, turn.Message = secret, event.StreamError, secret
		turn.FinishReason, turn.Requests[0].Notes = secret, []string{"echo " + secret}
		turn.Assertions = []event.Assertion{failed(secret, ""), failed("", secret)}
		turn.ToolCalls = []event.ToolCall{{Name: "tell", Arguments: secret, Result: secret}}
		var b bytes.Buffer
		stream(NewConsole(&b, Style{Width: 60}, &secrets), run, cut)
		text := strings.NewReplacer("\n", "", " ", "", "|", "", ":", "").Replace(b.String())
		if strings.Contains(text, secret[:12]) {
			t.Errorf("the secret is shown:\n%s", b.String())
		}
		if strings.Count(b.String(), scenario.Redacted) != 11 {
			t.Errorf("the text is not:\n%s", b.String())
		}
	}
}

// A secret that comes in pieces is not shown either where pieces of another kind come between them, and what only looked
// like one is.
func TestSecretsAreNotStreamedInTurns(t *testing.T) {
	for _, c := range []struct{ name, answer, reasoning, want string }{
		{"both", "key hush-hush, you", "my hush-hush too", "> key (sensitive), you|: my (sensitive) too"},
		{"one", "hush-hush", "the user wants h", "> (sensitive)|: the user wants h"},
		{"begun", "hush-hus", "hush", "> hush-hus|: hush"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for size := 1; size < len(c.answer); size++ {
				var secrets scenario.Secrets
				secrets.Add("hush-hush")
				var b bytes.Buffer
				console := NewConsole(&b, Style{Width: 60}, &secrets)
				answer, reasoning := c.answer, c.reasoning
				for answer+reasoning != "" {
					n := min(size, len(answer))
					console.Delta(Answer, answer[:n])
					answer = answer[n:]
					n = min(size, len(reasoning))
					console.Delta(Reasoning, reasoning[:n])
					reasoning = reasoning[n:]
				}
				console.settle()
				console.send()
				if got := joinedByKind(b.String()); got != strings.ReplaceAll(c.want, " ", "") {
					t.Errorf("in pieces of %d\n%s\n%s", size, b.String(), got)
				}
			}
		})
	}
}

// joinedByKind puts the lines of the answer together, and those of the reasoning, without spaces. Before a secret that
// was taken out there may be three of its letters.
func joinedByKind(shown string) string {
	var answer, reasoning strings.Builder
	for line := range strings.Lines(shown) {
		line = strings.TrimSpace(line)
		if text, ok := strings.CutPrefix(line, "|"); ok {
			answer.WriteString(text)
		} else {
			reasoning.WriteString(strings.TrimPrefix(line, ":"))
		}
	}
	all := strings.ReplaceAll(">"+answer.String()+"|:"+reasoning.String(), " ", "")
	return threeOfIt.ReplaceAllString(all, scenario.Redacted)
}

// threeOfIt is a secret of which as many letters were told as tell nothing.
var threeOfIt = regexp.MustCompile(`(h|hu|hus)\(sensitive\)`)

// A reply without a space is not held back for ever.
func TestALongWordIsShown(t *testing.T) {
	const long = 8192
	var b bytes.Buffer
	c := NewConsole(&b, Style{Width: 60}, nil)
	c.TurnStart("smoke", "greet", "Hello!")
	for range long {
		c.Delta(Answer, "x")
	}
	if n := strings.Count(b.String(), "x"); n < long-100 {
		t.Errorf("%d characters are shown", n)
	}
}

// A turn that ends without having begun, such as one that was dropped, shows too.
func TestATurnThatNeverBegan(t *testing.T) {
	var b bytes.Buffer
	c := NewConsole(&b, Style{Width: 60}, nil)
	c.TurnEnd(&event.Turn{Conversation: "smoke", Turn: "greet", Class: event.Dropped})
	want := "\n  greet\n           ? dropped: the limit of conversations in flight\n             was reached\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

type closed struct{ writes int }

var errClosed = errors.New("broken pipe")

func (c *closed) Write([]byte) (int, error) {
	c.writes++
	return 0, errClosed
}

// A reader that went away is noticed once; what comes after is not tried.
func TestAClosedOutput(t *testing.T) {
	var w closed
	c := NewConsole(&w, Style{}, nil)
	stream(c, passing(), whole)
	if !errors.Is(c.Err(), errClosed) || w.writes != 1 {
		t.Errorf("%v after %d writes", c.Err(), w.writes)
	}
	if err := Text(&w, passing(), Style{}); !errors.Is(err, errClosed) {
		t.Errorf("Text: %v", err)
	}
}

// However a text is cut, its lines fit the width and nothing in it acts on the terminal.
func FuzzFlow(f *testing.F) {
	f.Add("", 10, false)
	f.Add(hostile, 24, true)
	f.Add("a\r\n\r\n\r\nb\r", 7, true)
	f.Add("    indented\n\ttabs 日本語日本語日本語 e\u0301\u0301 👩‍👩‍👧👩‍👩‍👧", 8, true)
	f.Add(strings.Repeat("x", 300), 40, false)
	f.Fuzz(func(t *testing.T, text string, width int, unicode bool) {
		if len(text) > 2000 || width < 2 || width > 200 {
			return
		}
		style := Style{Unicode: unicode}
		lay := func(pieces []string) string {
			var b strings.Builder
			fl := &flow{style: style, out: &b, first: "> ", next: "| ", width: width}
			for _, p := range pieces {
				fl.Add(p)
			}
			fl.Close()
			return b.String()
		}
		all := lay(whole(text))
		if pieces := lay(runes(text)); pieces != all {
			t.Fatalf("whole\n%s\nin pieces\n%s", all, pieces)
		}
		harmless(t, all, style)
		for line := range strings.Lines(all) {
			line = strings.TrimSuffix(line, "\n")
			if widths.StringWidth(line) > width+2 {
				t.Fatalf("%q is %d wide, of %d", line, widths.StringWidth(line), width+2)
			}
		}
	})
}

func TestUnits(t *testing.T) {
	s := Style{Unicode: true}
	for _, c := range []struct {
		x    float64
		unit string
		want string
	}{
		{0, "seconds", "0 s"}, {0.184, "seconds", "184 ms"}, {0.0241, "seconds", "24.1 ms"}, {1.2149, "seconds", "1.21 s"},
		{0.00000042, "seconds", "0.420 µs"}, {0.000342, "seconds", "342 µs"}, {0.00099996, "seconds", "1.00 ms"},
		{0.9996, "seconds", "1.00 s"}, {0.99949, "seconds", "999 ms"}, {9.996, "seconds", "10.0 s"}, {72, "seconds", "72.0 s"},
		{599.4, "seconds", "599 s"}, {612, "seconds", "10 m 12 s"}, {7200, "seconds", "120 m 0 s"},
		{0.971, measure.Share, "97.1 %"}, {0.0055, measure.Share, "0.55 %"}, {1, measure.Share, "100 %"}, {0, measure.Share, "0 %"},
		{2410.4, "per second", "2,410/s"}, {81, "per second", "81.0/s"}, {1234567, "tokens", "1,234,567"}, {10.5, "tokens", "10.5"},
	} {
		if got := s.quantity(c.x, c.unit); got != c.want {
			t.Errorf("%v %s is %q, want %q", c.x, c.unit, got, c.want)
		}
	}
	for _, c := range []struct {
		x    float64
		unit string
		want string
	}{
		{0.8, "seconds", "800 ms"}, {1, "seconds", "1 s"}, {0.04, "seconds", "40 ms"}, {2.5, "seconds", "2.5 s"},
		{20, "per second", "20/s"}, {2.5, "per second", "2.5/s"}, {0.95, measure.Share, "95 %"}, {100, "tokens", "100"},
	} {
		if got := s.limit(c.x, c.unit); got != c.want {
			t.Errorf("the limit %v %s is %q, want %q", c.x, c.unit, got, c.want)
		}
	}
	for x, want := range map[float64]string{0.7749: "77 %", 0.052631: "5.3 %", 3.4: "340 %", 0: "0 %", 0.0012: "0.12 %"} {
		if got := rough(x); got != want {
			t.Errorf("roughly %v is %q, want %q", x, got, want)
		}
	}
}

func TestDetect(t *testing.T) {
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}
	for _, c := range []struct {
		env  func(string) string
		want Style
	}{
		{env(), Style{Width: 120}},
		{env("LANG", "en_US.UTF-8"), Style{Width: 120, Unicode: true}},
		{env("LC_ALL", "C", "LANG", "en_US.UTF-8"), Style{Width: 120}},
		{env("LC_CTYPE", "de_DE.utf8", "LANG", "C"), Style{Width: 120, Unicode: true}},
		{env("COLUMNS", "72"), Style{Width: 72}},
		{env("COLUMNS", "wide"), Style{Width: 120}},
	} {
		if got := Detect(&bytes.Buffer{}, c.env); got != c.want {
			t.Errorf("%+v, want %+v", got, c.want)
		}
	}
	for given, want := range map[int]int{0: 120, 20: 40, 60: 60, 300: 120} {
		if got := (Style{Width: given}).width(); got != want {
			t.Errorf("of %d columns %d are used, want %d", given, got, want)
		}
	}
}

// What a server sends must not cost more than its length.
func TestHugeRepliesAreLaidOutInTime(t *testing.T) {
	for _, unit := range []string{"x", "\u0301", "\u200d", "日", "👩‍", "\n", " ", "\x1b", "\xff"} {
		c := NewConsole(io.Discard, Style{Width: 60, Unicode: true}, nil)
		c.TurnStart("smoke", "greet", strings.Repeat(unit, 1<<16))
		for range 1 << 16 {
			c.Delta(Answer, unit)
		}
		c.TurnEnd(&event.Turn{Message: strings.Repeat(unit, 1<<16), Class: event.Protocol})
	}
}
