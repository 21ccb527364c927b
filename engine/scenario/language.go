package scenario

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/zclconf/go-cty/cty"

	"aimbench/engine/metric"
)

// guide is the prose of docs/language.md. The tables go where it says {{blocks}}, {{functions}}, {{response}}, {{perform}},
// {{rubric}}, {{state}}, {{gestures}}, {{metrics}} and {{bounds}}.
//
//go:embed guide.md
var guide string

// LanguageHelp writes the language's reference in Markdown: docs/language.md.
func LanguageHelp(w io.Writer) error {
	text := strings.NewReplacer(
		"{{blocks}}", blockReference(),
		"{{functions}}", functionReference(),
		"{{response}}", fieldReference("response", responseFields),
		"{{perform}}", fieldReference("perform.NAME", performFields),
		"{{rubric}}", fieldReference("rubric.NAME", rubricFields),
		"{{state}}", fieldReference("robot.state", stateFields),
		"{{gestures}}", "`"+strings.Join(BuiltinGestures, "`, `")+"`",
		"{{metrics}}", metricReference(),
		"{{bounds}}", boundsReference(),
	).Replace(guide)
	_, err := io.WriteString(w, text)
	return err
}

func blockReference() string {
	var out strings.Builder
	for _, b := range Table {
		writeBlock(&out, b, "")
	}
	return strings.TrimSpace(out.String())
}

func writeBlock(out *strings.Builder, b *Block, within string) {
	title := b.Name
	if b.Label != "" {
		title += fmt.Sprintf(" %q", strings.ToUpper(b.Label))
	}
	fmt.Fprintf(out, "### %s`%s`\n\n%s.", within, title, capital(b.Doc))
	if b.Required {
		out.WriteString(" At least one is needed.")
	}
	if within != "" && !b.Many {
		out.WriteString(" At most one.")
	}
	if b.Dynamic {
		out.WriteString(" Can be made by `dynamic`.")
	}
	if b.Free {
		out.WriteString(" Arguments may have any name.")
	}
	out.WriteString("\n\n")
	if len(b.Arguments) > 0 {
		out.WriteString("| argument | kind | default | meaning |\n|---|---|---|---|\n")
		for _, arg := range b.Arguments {
			fmt.Fprintf(out, "| `%s` | %s | %s | %s |\n", arg.Name, arg.kind(), arg.standard(), cell(arg.meaning()))
		}
		out.WriteString("\n")
	}
	for _, c := range b.Blocks {
		writeBlock(out, c, within+"`"+b.Name+"` › ")
	}
}

// kind is what a reader must know to write the argument.
func (a *Argument) kind() string {
	switch a.Kind {
	case KindKeyword:
		return "keyword"
	case KindReference:
		return "reference to a " + a.To[0]
	case KindReferences:
		return "list of references to " + a.To[0] + "s"
	case KindClosure:
		return "measurement"
	case KindCaptures:
		return "lazy, by name"
	case KindType:
		return "type"
	}
	what := string(a.Type)
	if a.Drawn {
		what += " or distribution"
	}
	if a.Kind == KindLazy {
		what += ", lazy"
	}
	return what
}

func (a *Argument) standard() string {
	switch {
	case a.Required:
		return "needed"
	case a.Default == "":
		return ""
	}
	return "`" + a.Default + "`"
}

func (a *Argument) meaning() string {
	parts := []string{a.Doc}
	if len(a.Words) > 0 {
		parts = append(parts, "`"+strings.Join(a.Words, "`, `")+"`")
	}
	if a.Unit != "" {
		parts = append(parts, "in "+a.Unit)
	}
	if s := a.Bounds.String(); s != "" && a.Type != TypeDuration {
		parts = append(parts, s)
	}
	return strings.Join(parts, "; ")
}

func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func fieldReference(of string, fields []field) string {
	var out strings.Builder
	out.WriteString("| attribute | type | meaning |\n|---|---|---|\n")
	for _, f := range fields {
		fmt.Fprintf(&out, "| `%s.%s` | %s | %s |\n", of, f.name, typeName(f.typ), f.doc)
	}
	return strings.TrimSpace(out.String())
}

func typeName(ty cty.Type) string {
	switch {
	case ty == cty.String:
		return "text"
	case ty == cty.Bool:
		return "true or false"
	case ty.IsListType():
		return "list"
	}
	return ty.FriendlyName()
}

func metricReference() string {
	var out strings.Builder
	out.WriteString("| metric | a value each | unit | meaning | no value when |\n|---|---|---|---|---|\n")
	for _, m := range metric.Table {
		fmt.Fprintf(&out, "| `metric.%s` | %s | %s | %s | %s |\n", m.Name, m.Per, m.Unit, cell(m.Definition), m.Undefined)
	}
	return strings.TrimSpace(out.String())
}

// functionReference lists the functions by group.
func functionReference() string {
	var out strings.Builder
	group := ""
	for _, f := range Functions {
		if f.Group != group {
			group = f.Group
			fmt.Fprintf(&out, "\n### %s\n\n| function | result | example |\n|---|---|---|\n", group)
		}
		example := "`" + f.Example + "`"
		if f.Want != "" {
			example += " is `" + f.Want + "`"
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s |\n", f.Signature, cell(f.Doc), cell(oneLine(example)))
	}
	return strings.TrimSpace(out.String())
}

func boundsReference() string {
	return fmt.Sprintf(`- A file has at most %d KiB, and a scenario at most %d words and signs.
- Expressions, templates and blocks stand at most %d deep in each other, and a for at most %d deep in another.
- A number has at most %d characters, and an exponent of at most %d.
- A value has at most %d MiB of text and %d elements, and so have a function's result and what a server's reply is decoded to.
- A parent has at most %d blocks of one kind, a scenario at most %d local values, and all dynamic blocks together make at most %d.`,
		maxFileSize>>10, maxWords, maxDepth, maxForDepth, maxNumber, maxExponent, maxBytes>>20, maxElements, maxBlocks, maxBlocks, maxMade)
}
