package acceptance

import (
	_ "embed" // the guide
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
)

// WriteSteps lists the steps for people, each with an example.
func WriteSteps(w io.Writer) error {
	var b strings.Builder
	for _, g := range Groups() {
		fmt.Fprintf(&b, "# %s\n\n", g.Name)
		for _, s := range g.Steps {
			fmt.Fprintf(&b, "%-5s %s\n", s.Kind, s.Expr)
			if s.Not != "" {
				fmt.Fprintf(&b, "%-5s %s\n", "", s.Not)
			}
			fmt.Fprintf(&b, "      %s\n", s.About)
			fmt.Fprintf(&b, "      such as: %s %s\n", s.Kind, s.Example)
			for _, line := range s.below() {
				fmt.Fprintf(&b, "                 %s\n", line)
			}
			if s.Needs != "" {
				fmt.Fprintf(&b, "      left out where %s is not set\n", s.Needs)
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("# What stands in the brackets\n\n")
	for _, p := range Parameters {
		fmt.Fprintf(&b, "%-10s %s\n", "{"+p.Name+"}", p.About)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// below shows what may stand below a step.
func (s *Step) below() []string {
	sample := strings.Split(s.Sample, "\n")
	switch s.Below {
	case "":
		return nil
	case Text:
		return slices.Concat([]string{`"""`}, sample, []string{`"""`})
	}
	return slices.Concat([]string{s.Below}, sample)
}

// stepJSON is a step for programs.
type stepJSON struct {
	Group   string `json:"group"`
	Kind    Kind   `json:"kind"`
	Expr    string `json:"expression"`
	Not     string `json:"not,omitempty"`
	Example string `json:"example"`
	Below   string `json:"below,omitempty"`
	Sample  string `json:"sample,omitempty"`
	About   string `json:"about"`
	Needs   string `json:"needs,omitempty"`
	Pattern string `json:"pattern"`
	NotRE   string `json:"not_pattern,omitempty"`
}

// WriteStepsJSON lists the steps for programs, such as editors: one object a step, with the regular expressions.
func WriteStepsJSON(w io.Writer) error {
	var out []stepJSON
	for _, g := range Groups() {
		for _, s := range g.Steps {
			j := stepJSON{Group: g.Name, Kind: s.Kind, Expr: s.Expr, Not: s.Not, Example: s.Example, Below: s.Below, Sample: s.Sample, About: s.About,
				Needs: s.Needs, Pattern: compile(s.Expr).re.String()}
			if s.Not != "" {
				j.NotRE = compile(s.Not).re.String()
			}
			out = append(out, j)
		}
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(out)
}

// WriteDocument writes docs/acceptance.md.
func WriteDocument(w io.Writer) error {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(guide) + "\n\n## Steps\n")
	for _, g := range Groups() {
		fmt.Fprintf(&b, "\n### %s\n", g.Name)
		for _, s := range g.Steps {
			fmt.Fprintf(&b, "\n**%s %s**", s.Kind, markdown(s.Expr))
			if s.Not != "" {
				fmt.Fprintf(&b, "<br>\n**%s %s**", s.Kind, markdown(s.Not))
			}
			fmt.Fprintf(&b, "<br>\n%s.\n", upper(s.About))
			if s.Needs != "" {
				fmt.Fprintf(&b, "Scenarios with it are left out where `%s` is not set.\n", s.Needs)
			}
			fmt.Fprintf(&b, "\n```gherkin\n%s %s\n", s.Kind, s.Example)
			for _, line := range s.below() {
				fmt.Fprintf(&b, "  %s\n", line)
			}
			b.WriteString("```\n")
		}
	}
	b.WriteString("\n## What stands in the brackets\n\n| kind | what may be written |\n|---|---|\n")
	for _, p := range Parameters {
		fmt.Fprintf(&b, "| `{%s}` | %s |\n", p.Name, strings.ReplaceAll(p.About, "|", `\|`))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// guide is what the document says before the steps.
//
//go:embed guide.md
var guide string

func markdown(text string) string { return strings.ReplaceAll(text, "_", `\_`) }

func upper(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
