package scenario

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// Bench is a load test of one endpoint, as a command line describes it. Its Scenario is the file that says the same.
type Bench struct {
	URL string
	// Model may be empty: the only one that the endpoint lists.
	Model string
	// MetricsURL may be empty: the server's own metrics are not read.
	MetricsURL string
	// Rate is the conversations a second of an open loop, Users the users of a closed one; both are 0 where a trace is
	// replayed.
	Rate  float64
	Users int
	// Duration is for how long, Requests how many: one of them is 0, or both for a whole trace.
	Duration time.Duration
	Requests int
	Warmup   time.Duration
	// Speedup is how many times faster than recorded a trace is replayed.
	Speedup float64
	// Input is the length of prompts, Output that of replies.
	Input, Output Tokens
	// Prefix is how many of a prompt's tokens all prompts begin with.
	Prefix int
	// Dataset may be nil: the prompts are synthetic.
	Dataset    *BenchDataset
	Objectives []BenchObjective
	Seed       int64
}

// Tokens is a number of tokens, or a range to draw it from.
type Tokens struct{ Low, High int }

// ParseTokens reads a number, such as 512, or a range, such as 128-1024.
func ParseTokens(text string) (Tokens, error) {
	low, high, ranged := strings.Cut(text, "-")
	if !ranged {
		high = low
	}
	a, err := strconv.Atoi(low)
	b, err2 := strconv.Atoi(high)
	switch {
	case err != nil || err2 != nil:
		return Tokens{}, errors.New("write a number of tokens such as 512, or a range such as 128-1024")
	case a < 1 || b > maxSyntheticTokens:
		return Tokens{}, fmt.Errorf("the tokens must be from 1 to %d", maxSyntheticTokens)
	case a > b:
		return Tokens{}, errors.New("the range must begin with its lower end")
	}
	return Tokens{a, b}, nil
}

func (t Tokens) less(n int) Tokens { return Tokens{t.Low - n, t.High - n} }

// Mean is the middle of the range.
func (t Tokens) Mean() float64 { return float64(t.Low+t.High) / 2 }

// String writes the tokens as the language would.
func (t Tokens) String() string {
	if t.Low == t.High {
		return strconv.Itoa(t.Low)
	}
	return fmt.Sprintf("uniform(%d, %d)", t.Low, t.High)
}

// Scenario writes the scenario file, formatted. The error says what of the description contradicts itself.
func (b *Bench) Scenario() ([]byte, error) {
	if b.Dataset == nil && b.Prefix >= b.Input.Low {
		return nil, fmt.Errorf("a prompt of %d tokens cannot begin with %d shared ones: some must be its own", b.Input.Low, b.Prefix)
	}
	w := &benchWriter{}
	w.line("# Written by aimbench bench. Keep it, change it, and run it with aimbench run.")
	if b.Dataset != nil && b.Dataset.beside {
		w.line("# It belongs beside %s.", b.Dataset.name)
	}
	b.endpoint(w)
	if b.Dataset != nil {
		w.block(`dataset "prompts"`, "source = "+quote(b.Dataset.name))
	}
	b.conversation(w)
	b.load(w)
	b.slo(w)
	text, diags := Format([]byte(w.String()), "bench.hcl")
	if diags.HasErrors() {
		return nil, diags
	}
	return text, nil
}

// benchWriter gathers lines; Format indents and aligns them.
type benchWriter struct{ strings.Builder }

func (w *benchWriter) line(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }

func (w *benchWriter) block(head string, lines ...string) {
	w.line("\n%s {\n%s\n}", head, strings.Join(lines, "\n"))
}

// quote writes a text as the language does.
func quote(text string) string { return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes()) }

func (b *Bench) endpoint(w *benchWriter) {
	lines := []string{"base_url = " + quote(b.URL)}
	if b.Model != "" {
		lines = append(lines, "model = "+quote(b.Model))
	}
	lines = append(lines, `api_key = env("AIM_API_KEY", null)`)
	if b.MetricsURL != "" {
		lines = append(lines, "metrics_url = "+quote(b.MetricsURL))
	}
	w.block(`endpoint "aim"`, lines...)
}

func (b *Bench) conversation(w *benchWriter) {
	user, length := b.prompt(), "output_tokens = "+b.Output.String()
	if d := b.Dataset; d != nil {
		user = d.user
		length = "max_tokens = " + b.Output.String()
		if d.output != "" {
			length = "output_tokens = " + d.output
		}
	}
	w.block(`conversation "bench"`, "endpoint = endpoint.aim", "", `turn "ask" {`, "user = "+user, length, "}")
}

// prompt is the expression of a synthetic prompt.
func (b *Bench) prompt() string {
	own := fmt.Sprintf("synthetic({ tokens = %s })", b.Input.less(b.Prefix))
	if b.Prefix == 0 {
		return own
	}
	return fmt.Sprintf("[synthetic({ tokens = %d, shared_by = \"prefix\" }), %s]", b.Prefix, own)
}

func (b *Bench) load(w *benchWriter) {
	lines := []string{"mix {", "conversation = conversation.bench", "}"}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	switch {
	case b.Users > 0:
		add("users = %d", b.Users)
	case b.Rate > 0:
		add("arrival = poisson\nrate = %s", decimal(b.Rate))
	default:
		lines = append(lines, b.replay()...)
	}
	if b.Users > 0 || b.Rate > 0 {
		if b.Requests > 0 {
			add("iterations = %d", b.Requests)
		} else {
			add("duration = %q", spoken(b.Duration))
		}
	}
	if b.Warmup > 0 {
		add("warmup = %q", spoken(b.Warmup))
	}
	add("seed = %d", b.Seed)
	w.block(`load "bench"`, lines...)
}

func (b *Bench) replay() []string {
	lines := []string{"replay {", "dataset = dataset.prompts"}
	if b.Speedup != 1 {
		lines = append(lines, "speedup = "+decimal(b.Speedup))
	}
	if b.Requests > 0 {
		lines = append(lines, "limit = "+strconv.Itoa(b.Requests))
	}
	return append(lines, "}")
}

func (b *Bench) slo(w *benchWriter) {
	if len(b.Objectives) == 0 {
		return
	}
	var lines []string
	for i, o := range b.Objectives {
		if i > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, fmt.Sprintf("objective %q {", o.name), "value = "+o.value, o.bound+" = "+o.limit, "}")
	}
	w.block(`slo "bench"`, lines...)
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// spoken writes a duration as people do: 30s, 5m, 1h30m.
func spoken(d time.Duration) string {
	text := d.String()
	if d%time.Minute == 0 && d != 0 {
		text = strings.TrimSuffix(text, "0s")
		if d%time.Hour == 0 {
			text = strings.TrimSuffix(text, "0m")
		}
	}
	return text
}

// PrefixTokens reads how many of a prompt's tokens all prompts begin with: a number, or a share of them such as 80%.
func PrefixTokens(text string, input Tokens) (int, error) {
	if text == "" || text == "0" {
		return 0, nil
	}
	if percent, ok := strings.CutSuffix(text, "%"); ok {
		x, err := strconv.ParseFloat(percent, 64)
		if err != nil || !(x >= 0 && x < 100) {
			return 0, errors.New("a share of the prompt must be from 0% to below 100%")
		}
		return int(math.Round(x / 100 * input.Mean())), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, errors.New("write a number of tokens such as 256, or a share of the prompt such as 80%")
	}
	return n, nil
}
