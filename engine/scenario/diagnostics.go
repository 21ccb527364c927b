package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/mitchellh/go-wordwrap"
)

// Style says how text is written for a reader.
type Style struct {
	// Width in columns; 0 does not wrap.
	Width int
	// Color marks severities by colour, beside their word.
	Color bool
	// Unicode: else plain ASCII.
	Unicode bool
}

// WriteDiagnostics writes diagnostics for a reader: what is wrong, where, the source, the values it refers to, and how to
// mend it. The sources are those of the scenario; secrets that they know are not written.
func WriteDiagnostics(w io.Writer, diags Diagnostics, sources []Source, style Style) error {
	for i, d := range diags {
		var out strings.Builder
		if i > 0 {
			out.WriteString("\n")
		}
		secrets := writeDiagnostic(&out, d, sources, style)
		text := printable(secrets.Redact(out.String()))
		if style.Color {
			text = colour(text, d.Severity)
		}
		if !style.Unicode {
			text = ascii(text)
		}
		if _, err := io.WriteString(w, text); err != nil {
			return err
		}
	}
	return nil
}

func severity(d *hcl.Diagnostic) string {
	if d.Severity == hcl.DiagWarning {
		return "Warning"
	}
	return "Error"
}

func colour(text string, s hcl.DiagnosticSeverity) string {
	code, word := "31", "Error:"
	if s == hcl.DiagWarning {
		code, word = "33", "Warning:"
	}
	return strings.Replace(text, word, "\x1b["+code+"m"+word+"\x1b[0m", 1)
}

func writeDiagnostic(out *strings.Builder, d *hcl.Diagnostic, sources []Source, style Style) *Secrets {
	var secrets *Secrets
	if len(sources) > 0 {
		secrets = sources[0].secrets
	}
	fmt.Fprintf(out, "%s: %s\n", severity(d), d.Summary)
	if d.Subject != nil {
		out.WriteString("\n")
		snippet{source: sourceOf(sources, *d.Subject), subject: *d.Subject, indent: "  ", width: style.Width}.write(out)
		for _, line := range valuesOf(d.Expression, d.EvalContext) {
			fmt.Fprintf(out, "      %s\n", line)
		}
	}
	if first, ok := d.Extra.(earlier); ok {
		out.WriteString("\n")
		snippet{source: sourceOf(sources, first.rng), subject: first.rng, indent: "  ", title: "first ", width: style.Width}.write(out)
	}
	if d.Detail != "" {
		detail := d.Detail
		if style.Width > 20 {
			detail = wordwrap.WrapString(detail, uint(style.Width))
		}
		fmt.Fprintf(out, "\n%s\n", detail)
	}
	return secrets
}

func sourceOf(sources []Source, rng hcl.Range) Source {
	if i := slices.IndexFunc(sources, func(s Source) bool { return s.Path == rng.Filename }); i >= 0 {
		return sources[i]
	}
	return Source{Path: rng.Filename}
}

// snippet is a place in a source, with carets under it.
type snippet struct {
	source  Source
	subject hcl.Range
	indent  string
	title   string
	width   int
}

func (s snippet) write(out *strings.Builder) {
	start := s.subject.Start
	fmt.Fprintf(out, "%s%son %s line %d", s.indent, s.title, s.source.Path, start.Line)
	if s.source.context != nil {
		if around := s.source.context(start.Byte); around != "" {
			out.WriteString(", in " + around)
		}
	}
	line, ok := s.line()
	if !ok {
		out.WriteString("\n")
		return
	}
	out.WriteString(":\n")
	from := min(max(0, start.Column-1), len([]rune(line)))
	length := 1
	if s.subject.End.Line == start.Line {
		length = max(1, s.subject.End.Column-start.Column)
	} else if all := len([]rune(strings.TrimRight(line, " \t\r"))); all > from {
		length = all - from
	}
	text, from, length := window([]rune(strings.ReplaceAll(line, "\t", " ")), from, length, s.width)
	number := fmt.Sprintf("%s%d: ", s.indent, start.Line)
	fmt.Fprintf(out, "%s%s\n%s%s%s\n", number, text, strings.Repeat(" ", len(number)), strings.Repeat(" ", from), strings.Repeat("^", length))
}

// line is the source line of the subject's start.
func (s snippet) line() (string, bool) {
	text, start := s.source.Text, s.subject.Start
	if start.Byte < 0 || start.Byte > len(text) || len(text) == 0 {
		return "", false
	}
	from := bytes.LastIndexByte(text[:start.Byte], '\n') + 1
	line, _, _ := bytes.Cut(text[from:], []byte("\n"))
	return strings.ToValidUTF8(strings.TrimRight(string(line), "\r"), "?"), true
}

// maxLine is the longest source line that is shown whole where the width is not known.
const maxLine = 160

// window cuts a long line to what stands around the carets.
func window(line []rune, from, length, width int) (string, int, int) {
	room := max(60, width-12)
	if width == 0 {
		room = maxLine
	}
	if len(line) <= room {
		return strings.TrimRight(string(line), " "), from, length
	}
	start := max(0, min(from-room/3, len(line)-room))
	end := min(len(line), start+room)
	length = max(1, min(length, end-from))
	text := string(line[start:end])
	if end < len(line) {
		text += " ..."
	}
	if start > 0 {
		return "... " + text, from - start + 4, length
	}
	return text, from - start, length
}

// ascii writes without anything that is not ASCII.
func ascii(s string) string {
	s = strings.NewReplacer("…", "...", "→", "->", "≤", "<=", "≥", ">=", "–", "-", "✗", "x").Replace(s)
	return strings.Map(func(r rune) rune {
		if r > 0x7e {
			return '?'
		}
		return r
	}, s)
}

// blocksAround names the blocks that stand around a byte of a file, outermost first.
func blocksAround(file *hcl.File) func(int) string {
	root, native := file.Body.(*hclsyntax.Body)
	if !native {
		type navigator interface{ ContextString(int) string }
		if nav, ok := file.Nav.(navigator); ok {
			return nav.ContextString
		}
		return nil
	}
	return func(offset int) string {
		var around []string
		for body := root; body != nil; {
			i := slices.IndexFunc(body.Blocks, func(b *hclsyntax.Block) bool { return b.Range().ContainsOffset(offset) })
			if i < 0 {
				break
			}
			name := body.Blocks[i].Type
			for _, l := range body.Blocks[i].Labels {
				name += fmt.Sprintf(" %q", l)
			}
			around = append(around, name)
			body = body.Blocks[i].Body
		}
		return strings.Join(around, ", ")
	}
}

// diagnosticJSON is a diagnostic as `validate --format json` writes it. Lines and columns count from 1, bytes from 0.
type diagnosticJSON struct {
	Severity string     `json:"severity"`
	Summary  string     `json:"summary"`
	Detail   string     `json:"detail"`
	File     string     `json:"file,omitempty"`
	Range    *rangeJSON `json:"range,omitempty"`
}

type rangeJSON struct {
	Start posJSON `json:"start"`
	End   posJSON `json:"end"`
}

type posJSON struct {
	Line   int `json:"line"`
	Column int `json:"column"`
	Byte   int `json:"byte"`
}

// DiagnosticsJSON writes diagnostics as one JSON object, {"valid": …, "diagnostics": […]}, whose form is stable.
func DiagnosticsJSON(w io.Writer, diags Diagnostics) error {
	out := struct {
		Valid       bool             `json:"valid"`
		Diagnostics []diagnosticJSON `json:"diagnostics"`
	}{!diags.HasErrors(), []diagnosticJSON{}}
	for _, d := range diags {
		j := diagnosticJSON{Severity: strings.ToLower(severity(d)), Summary: d.Summary, Detail: d.Detail}
		if d.Subject != nil {
			j.File = d.Subject.Filename
			j.Range = &rangeJSON{position(d.Subject.Start), position(d.Subject.End)}
		}
		out.Diagnostics = append(out.Diagnostics, j)
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}

func position(p hcl.Pos) posJSON { return posJSON{p.Line, p.Column, p.Byte} }
