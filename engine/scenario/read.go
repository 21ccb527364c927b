package scenario

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Language is the version of the language that this package reads.
const Language = 1

// Diagnostics are what is wrong with a scenario.
type Diagnostics = hcl.Diagnostics

// Options are what a scenario is given from outside.
type Options struct {
	// Vars are the values of --var; they go over VarFiles, which go over AIMBENCH_VAR_name in the environment.
	Vars map[string]string
	// VarFiles are files of `name = value` lines in HCL's native or JSON syntax; a later one goes over an earlier one.
	VarFiles []string
	// ReadVarFile reads one of VarFiles; nil reads it from the disk.
	ReadVarFile func(path string) ([]byte, error)
	// AllowEnv are names that env() may read beside those with the usual prefixes.
	AllowEnv []string
	// Getenv reads the environment; os.LookupEnv where it is nil.
	Getenv func(string) (string, bool)
	// APIKeyFile is a file that AIM_API_KEY is read from; it goes over the environment.
	APIKeyFile string
}

// Read reads files and directories as one scenario. It reports all that is wrong at once. Where it reports an error, only
// Name, Sources and Secrets of the scenario may be used; it is never nil.
func Read(paths []string, o Options) (*Scenario, Diagnostics) {
	return read(scenarioName(paths), o, func() ([]sourceFile, hcl.Diagnostics) { return readSources(paths) })
}

// ReadText reads a text as the scenario file of that name in a directory, where there need not be one.
func ReadText(name, dir string, text []byte, o Options) (*Scenario, Diagnostics) {
	return read(scenarioName([]string{name}), o, func() ([]sourceFile, hcl.Diagnostics) {
		return []sourceFile{{Source: Source{Path: name, Text: text}, JSON: strings.HasSuffix(name, ".json"), dir: dir}}, nil
	})
}

func read(name string, o Options, sources func() ([]sourceFile, hcl.Diagnostics)) (*Scenario, Diagnostics) {
	d := newDecoder(name, o)
	d.useKeyFile()
	if d.readFiles(sources()) && d.checkLanguage() {
		d.decode()
	}
	d.work.release()
	return d.scenario, d.finish()
}

func newDecoder(name string, o Options) *decoder {
	if o.Getenv == nil {
		o.Getenv = os.LookupEnv
	}
	if o.ReadVarFile == nil {
		o.ReadVarFile = ReadVarFile
	}
	s := &Scenario{Name: name, Secrets: &Secrets{}}
	return &decoder{
		options: o, scenario: s, work: &work{},
		variables: cty.EmptyObjectVal, locals: cty.EmptyObjectVal,
		bases: map[*parsedFile]*hcl.EvalContext{}, declarations: map[string]map[string]*declaration{},
		endpoints: map[string]*Endpoint{}, robots: map[string]*Robot{}, gestures: map[string]*Gesture{}, builtins: map[string]*Gesture{},
		datasets: map[string]*Dataset{}, tools: map[string]*Tool{}, rubrics: map[string]*Rubric{},
		conversations: map[string]*Conversation{}, loads: map[string]*Load{}, loadNodes: map[*Load]*node{},
	}
}

func scenarioName(paths []string) string {
	if len(paths) == 0 {
		return ""
	}
	path, err := filepath.Abs(paths[0])
	if err != nil {
		path = paths[0]
	}
	name := filepath.Base(path)
	return strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".hcl")
}

// finish puts the diagnostics in the order of the files, without those that say the same again, and without secrets.
func (d *decoder) finish() Diagnostics {
	slices.SortStableFunc(d.diags, func(a, b *hcl.Diagnostic) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), d.compare(a.Subject, b.Subject))
	})
	var out Diagnostics
	seen := map[string]bool{}
	for _, diag := range d.diags {
		diag.Summary = d.scenario.Secrets.Redact(diag.Summary)
		diag.Detail = d.scenario.Secrets.Redact(diag.Detail)
		if key := diag.Error(); !seen[key] {
			seen[key] = true
			out = append(out, diag)
		}
	}
	if d.more {
		out = append(out, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Too many errors", Detail: fmt.Sprintf("There are more than the %d that are shown.", maxDiagnostics)})
	}
	return out
}

func (d *decoder) compare(a, b *hcl.Range) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return -1
	case b == nil:
		return 1
	}
	return cmp.Or(cmp.Compare(d.order(a.Filename), d.order(b.Filename)), cmp.Compare(a.Start.Byte, b.Start.Byte))
}

func (d *decoder) order(filename string) int {
	return slices.IndexFunc(d.files, func(f *parsedFile) bool { return f.Path == filename })
}

func digest(sources []Source) string {
	h := sha256.New()
	for _, s := range sources {
		fmt.Fprintf(h, "%s\x00%d\x00", filepath.Base(s.Path), len(s.Text))
		h.Write(s.Text)
	}
	return hex.EncodeToString(h.Sum(nil))
}
