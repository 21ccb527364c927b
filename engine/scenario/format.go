package scenario

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/rogpeppe/go-internal/diff"
)

// Format lays a scenario file out in the one way in which they are written; name says its syntax, by .json at its end.
// What is not right is not touched: the source comes back as it is, with what is wrong.
func Format(src []byte, name string) ([]byte, Diagnostics) {
	bom := []byte("\xef\xbb\xbf")
	text := bytes.ReplaceAll(bytes.TrimPrefix(src, bom), []byte("\r\n"), []byte("\n"))
	if strings.HasSuffix(name, ".json") {
		return formatJSON(src, text, name)
	}
	if diags := checkBounds(text, name); diags.HasErrors() {
		return src, diags
	}
	if _, diags := hclsyntax.ParseConfig(text, name, hcl.InitialPos); diags.HasErrors() {
		return src, firstMistake(diags)
	}
	return tidy(hclwrite.Format(text)), nil
}

func formatJSON(src, text []byte, name string) ([]byte, Diagnostics) {
	if _, _, diags := parse(sourceFile{Source: Source{Path: name, Text: text}, JSON: true}); diags.HasErrors() {
		return src, diags
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", "  "); err != nil {
		start := hcl.Range{Filename: name, Start: hcl.InitialPos, End: hcl.InitialPos}
		return src, hcl.Diagnostics{problemAt(start, "Invalid JSON", "The file is not JSON as other programs read it.")}
	}
	return tidy(out.Bytes()), nil
}

// tidy ends a file with one line end.
func tidy(text []byte) []byte {
	text = bytes.TrimRight(text, "\n \t")
	if len(text) == 0 {
		return text
	}
	return append(text, '\n')
}

// Diff is the unified diff that makes after of before; empty where they are alike.
func Diff(name string, before, after []byte) string {
	text := diff.Diff(name, before, name+" (formatted)", after)
	_, unified, _ := bytes.Cut(text, []byte("\n")) // its first line is the command's that would show it
	return string(unified)
}
