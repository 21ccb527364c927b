package scenario

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	hcljson "github.com/hashicorp/hcl/v2/json"
	"github.com/zclconf/go-cty/cty"
)

// decoder makes a scenario of files, phase by phase: language version, variables, locals, and then everything else.
type decoder struct {
	options  Options
	scenario *Scenario
	diags    hcl.Diagnostics
	// more: there were more diagnostics than are kept.
	more bool
	// made counts the blocks that dynamic blocks made.
	made  int
	files []*parsedFile

	// variables and locals are objects; an attribute that failed is unknown.
	variables, locals cty.Value
	// unready says why names cannot be used in the present phase.
	unready map[string]string
	// work counts what evaluations do before the run.
	work  *work
	bases map[*parsedFile]*hcl.EvalContext

	// declarations are the labelled blocks by kind and name.
	declarations map[string]map[string]*declaration
	unlabelled   []*declaration

	endpoints     map[string]*Endpoint
	robots        map[string]*Robot
	gestures      map[string]*Gesture
	builtins      map[string]*Gesture // those that are used
	datasets      map[string]*Dataset
	tools         map[string]*Tool
	rubrics       map[string]*Rubric
	conversations map[string]*Conversation
	loads         map[string]*Load
	loadNodes     map[*Load]*node
}

// parsedFile is a scenario file whose syntax is right.
type parsedFile struct {
	sourceFile
	body hcl.Body
}

// declaration is a block at the top of a file, not read yet.
type declaration struct {
	block *hcl.Block
	spec  *Block
	file  *parsedFile
}

// maxDiagnostics bounds what is reported: whoever has more mends these first. maxBlocks bounds the blocks of one kind in
// one parent, and the locals. Together they bound the work that a file can make.
const (
	maxDiagnostics = 100
	maxBlocks      = 1000
)

func (d *decoder) report(diags ...*hcl.Diagnostic) {
	room := maxDiagnostics - len(d.diags)
	d.diags = append(d.diags, diags[:min(len(diags), max(0, room))]...)
	d.more = d.more || len(diags) > room
}

// full reports whether nothing more will be reported.
func (d *decoder) full() bool { return len(d.diags) >= maxDiagnostics }

// countBlocks reports whether there may be one more block of a kind, and reports the first that there may not.
func (d *decoder) countBlocks(counts map[string]int, b *hcl.Block) bool {
	counts[b.Type]++
	if counts[b.Type] == maxBlocks+1 {
		d.fail(blockRange(b), "Too many blocks", fmt.Sprintf("There are more than %d %s blocks.", maxBlocks, b.Type))
	}
	return counts[b.Type] <= maxBlocks
}

func (d *decoder) fail(rng hcl.Range, summary, detail string) {
	d.report(problemAt(rng, summary, detail))
}

// lacks reports that a block lacks something, unless something in it could not be read.
func (d *decoder) lacks(n *node, summary, detail string) {
	if !n.broken {
		d.fail(n.rng, summary, detail)
	}
}

func (d *decoder) warn(rng hcl.Range, summary, detail string) {
	diag := problemAt(rng, summary, detail)
	diag.Severity = hcl.DiagWarning
	d.report(diag)
}

// earlier is what a diagnostic about something that was said twice carries: where it was said first.
type earlier struct{ rng hcl.Range }

// twice reports something that was said before, and shows both places.
func (d *decoder) twice(rng, first hcl.Range, summary, detail string) {
	if d.compare(&rng, &first) < 0 {
		rng, first = first, rng
	}
	diag := problemAt(rng, summary, fmt.Sprintf("%s The other is at %s:%d.%s", detail, first.Filename, first.Start.Line, together(rng, first)))
	diag.Extra = earlier{first}
	d.report(diag)
}

// together says why two files have to do with each other.
func together(a, b hcl.Range) string {
	if a.Filename == b.Filename {
		return ""
	}
	return " All files that are named, and all of a directory, make one scenario."
}

// readFiles reads and parses the files; false where nothing more can be said about them.
func (d *decoder) readFiles(sources []sourceFile, diags hcl.Diagnostics) bool {
	d.report(diags...)
	ok := !diags.HasErrors()
	for _, src := range sources {
		f := &parsedFile{sourceFile: src}
		d.files = append(d.files, f)
		body, context, diags := parse(src)
		d.report(diags...)
		ok = ok && !diags.HasErrors()
		f.body = d.guarded(body)
		f.Source.context, f.Source.secrets = context, d.scenario.Secrets
		d.scenario.Sources, d.scenario.files = append(d.scenario.Sources, f.Source), append(d.scenario.files, src)
	}
	d.scenario.Digest = digest(d.scenario.Sources)
	if ok && len(d.files) == 0 {
		d.report(&hcl.Diagnostic{Severity: hcl.DiagError, Summary: "Nothing to read", Detail: "There is no scenario file: give files that end in .hcl or .hcl.json, or a directory that has some."})
		return false
	}
	return ok
}

// parse checks the bounds of a file and then its syntax. context names the blocks around a byte.
func parse(src sourceFile) (hcl.Body, func(int) string, hcl.Diagnostics) {
	check, read := checkBounds, func(b []byte, name string) (*hcl.File, hcl.Diagnostics) {
		return hclsyntax.ParseConfig(b, name, hcl.InitialPos)
	}
	if src.JSON {
		check, read = checkBoundsJSON, hcljson.Parse
	}
	if diags := check(src.Text, src.Path); diags.HasErrors() {
		return nil, nil, diags
	}
	file, diags := read(src.Text, src.Path)
	diags = firstMistake(diags)
	if file == nil || file.Body == nil {
		return hcl.EmptyBody(), nil, diags
	}
	return file.Body, blocksAround(file), diags
}

// guarded bounds what the expressions of a body do when they are evaluated.
func (d *decoder) guarded(body hcl.Body) hcl.Body {
	switch body := body.(type) {
	case nil:
		return nil
	case *hclsyntax.Body:
		guardBody(body, d.work)
		return body
	default:
		return jsonBody{body, d}
	}
}

// firstMistake keeps the first of a file's syntax errors: those after it mostly follow from it.
func firstMistake(diags hcl.Diagnostics) hcl.Diagnostics {
	diags = slices.DeleteFunc(diags, func(d *hcl.Diagnostic) bool {
		return len(diags) > 1 && d.Summary == "Root value must be object"
	})
	if len(diags) > 1 {
		diags = diags[:1]
	}
	for _, d := range diags {
		d.Summary = strings.Replace(d.Summary, "seperator", "separator", 1)
	}
	return diags
}

// checkLanguage reads the version blocks. A newer language gives one error in the place of many.
func (d *decoder) checkLanguage() bool {
	schema := &hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{headerOf(aimbenchBlock)}}
	ok := true
	for _, f := range d.files {
		content, _, _ := f.body.PartialContent(schema)
		for _, b := range content.Blocks {
			attrs, _ := b.Body.JustAttributes()
			attr, given := attrs["language"]
			if !given {
				continue
			}
			v, diags := attr.Expr.Value(nil)
			if diags.HasErrors() || v.Type() != cty.Number || v.IsNull() {
				d.fail(attr.Expr.Range(), "Invalid language", "language must be a whole number, written as such.")
				ok = false
				continue
			}
			if n, _ := v.AsBigFloat().Float64(); n > Language {
				d.diags = nil
				d.fail(attr.Expr.Range(), "Newer language", fmt.Sprintf("This file is written in version %s of the language; this program knows version %d. A newer aimbench reads it.", v.AsBigFloat().Text('f', -1), Language))
				return false
			}
		}
	}
	return ok
}

// declare finds every block at the top of the files, and the names that are declared twice.
func (d *decoder) declare() {
	root := &Block{Blocks: Table}
	counts := map[string]int{}
	for _, f := range d.files {
		content, diags := f.body.Content(schemaOf(root))
		d.report(d.ownWords(diags, root)...)
		for _, b := range content.Blocks {
			if !d.countBlocks(counts, b) {
				continue
			}
			spec, _ := root.Block(b.Type)
			dec := &declaration{block: b, spec: spec, file: f}
			if spec.Label == "" {
				d.unlabelled = append(d.unlabelled, dec)
				continue
			}
			names := d.declarations[b.Type]
			if names == nil {
				names = map[string]*declaration{}
				d.declarations[b.Type] = names
			}
			if first, ok := names[b.Labels[0]]; ok {
				d.twice(blockRange(b), blockRange(first.block), "Name declared twice", fmt.Sprintf("The scenario already has %s named %q.", lowerA(b.Type), b.Labels[0]))
				continue
			}
			names[b.Labels[0]] = dec
		}
	}
}

func lowerA(name string) string {
	article := a(name)
	return string(article[0]+'a'-'A') + article[1:]
}

// ordered returns the declarations of one kind in the order of the files.
func (d *decoder) ordered(kind string) []*declaration {
	return slices.SortedFunc(maps.Values(d.declarations[kind]), func(x, y *declaration) int {
		rx, ry := blockRange(x.block), blockRange(y.block)
		return d.compare(&rx, &ry)
	})
}

func (d *decoder) declared(kind, name string) bool {
	return d.declarations[kind][name] != nil || kind == "gesture" && slices.Contains(BuiltinGestures, name)
}

func (d *decoder) meantName(kind, name string) string {
	if d.full() {
		return ""
	}
	known := slices.Sorted(maps.Keys(d.declarations[kind]))
	if kind == "gesture" {
		known = append(known, BuiltinGestures...)
	}
	if s := didYouMean(name, known); s != "" {
		return s
	}
	if len(known) > 0 && len(known) <= 8 {
		return fmt.Sprintf(" There is %s.", listed(quoted(known), "and"))
	}
	return ""
}

// decode reads the blocks, each kind after those that it may refer to.
func (d *decoder) decode() {
	d.declare()
	d.readVariables()
	d.readLocals()
	each(d, "dataset", d.dataset)
	each(d, "endpoint", d.endpoint)
	each(d, "robot", d.robot)
	each(d, "gesture", d.gesture)
	each(d, "tool", d.tool)
	each(d, "rubric", d.rubric)
	each(d, "conversation", d.conversation)
	each(d, "load", d.load)
	d.linkLoads()
	each(d, "slo", d.slo)
	d.checkWhole()
}

func each(d *decoder, kind string, read func(*node)) {
	for _, dec := range d.ordered(kind) {
		read(d.read(dec.block, dec.spec, dec.file, ""))
	}
}

// checkWhole looks at the scenario as a whole.
func (d *decoder) checkWhole() {
	for _, dec := range d.unlabelled {
		if dec.spec == aimbenchBlock {
			d.read(dec.block, dec.spec, dec.file, "")
		}
	}
	if len(d.scenario.Conversations)+len(d.scenario.SLOs) == 0 && !d.diags.HasErrors() { // objectives alone can judge a run
		rng := hcl.Range{Filename: d.files[0].Path, Start: hcl.InitialPos, End: hcl.InitialPos}
		d.fail(rng, "No conversation", "A scenario needs at least one conversation block: there is nothing to run.")
	}
}

// base is the context that a file's expressions are evaluated in: its functions read files beside it.
func (d *decoder) base(file *parsedFile) *hcl.EvalContext {
	ctx := d.bases[file]
	if ctx == nil {
		ctx = &hcl.EvalContext{Functions: d.functions(file), Variables: map[string]cty.Value{}}
		d.bases[file] = ctx
	}
	ctx.Variables["var"], ctx.Variables["local"] = d.variables, d.locals
	return ctx
}

// open takes a value's marks off. What was marked is a secret from now on.
func (d *decoder) open(v cty.Value) (cty.Value, bool) { return openValue(v, d.scenario.Secrets) }

// openValue takes a value's marks off, and makes every text in a marked part known to secrets.
func openValue(v cty.Value, secrets *Secrets) (cty.Value, bool) {
	if !v.ContainsMarked() {
		return v, false
	}
	_, paths := v.UnmarkDeepWithPaths()
	for _, p := range paths {
		plain, _ := v.UnmarkDeep()
		part, err := p.Path.Apply(plain)
		if err == nil {
			addTexts(part, secrets)
		}
	}
	v, _ = v.UnmarkDeep()
	return v, true
}

func addTexts(v cty.Value, secrets *Secrets) {
	_ = cty.Walk(v, func(_ cty.Path, part cty.Value) (bool, error) {
		if part.IsKnown() && !part.IsNull() && part.Type() == cty.String {
			secrets.Add(part.AsString())
		}
		return true, nil
	})
}

// sourceText is the text of a range, where its file is known.
func (d *decoder) sourceText(rng hcl.Range) string {
	for _, f := range d.files {
		if f.Path == rng.Filename && rng.CanSliceBytes(f.Text) {
			return string(rng.SliceBytes(f.Text))
		}
	}
	return ""
}

// newExpr keeps a native expression with the functions of its file. What refers to nothing of a run is evaluated now.
func (d *decoder) newExpr(arg *Argument, native hclsyntax.Expression, file *parsedFile, path string) Expr {
	e := &expression{
		arg: arg, hcl: native, base: d.base(file), path: hashText(path), secrets: d.scenario.Secrets,
		text: oneLine(d.sourceText(native.Range())),
	}
	if p, ok := native.(*placed); ok {
		e.text = oneLine(p.text)
	}
	if d.unready["var"] != "" { // nothing can be evaluated yet
		return Expr{e}
	}
	for _, t := range native.Variables() {
		if root := t.RootName(); root != "var" && root != "local" {
			return Expr{e}
		}
	}
	v, ok := d.evaluate(native, file)
	if !ok {
		v = cty.NullVal(cty.DynamicPseudoType)
		e.fixed = v
		return Expr{e}
	}
	e.fixed = v
	plain, _ := d.open(v)
	if bareNumber(arg, native) {
		d.fail(native.Range(), "Unit missing", fmt.Sprintf("%s is a duration: write it with a unit, such as \"500ms\" or \"30s\".", arg.Name))
	} else if converted, err := arg.convert(plain); err != nil {
		d.report(Expr{e}.problem(nil, err.Error()))
	} else {
		e.plain = converted
	}
	return Expr{e}
}
