package scenario

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/ext/dynblock"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// read makes a node of a block. path names the block among all, so that what it draws does not change when the file
// around it does.
func (d *decoder) read(block *hcl.Block, spec *Block, file *parsedFile, path string) *node {
	n := &node{
		spec: spec, rng: blockRange(block), file: file,
		values: map[string]cty.Value{}, words: map[string]string{}, refs: map[string][]reference{},
		exprs: map[string]Expr{}, raw: map[string]hcl.Expression{}, metrics: map[string]string{}, ranges: map[string]hcl.Range{}, timed: map[string]bool{}, bare: map[string]bool{},
	}
	path += "." + spec.Name
	if len(block.Labels) > 0 {
		n.label = block.Labels[0]
		path += "." + n.label
		d.checkLabel(n)
	}
	body, ok := d.expand(block.Body, spec, file)
	n.broken = !ok
	content, diags := body.Content(schemaOf(spec))
	d.report(d.ownWords(diags, spec)...)
	n.broken = n.broken || diags.HasErrors()
	for i := range spec.Arguments {
		if attr, ok := content.Attributes[spec.Arguments[i].Name]; ok {
			n.ranges[attr.Name] = attr.Expr.Range()
			d.argument(n, &spec.Arguments[i], attr, path)
		}
	}
	counts := map[string]int{}
	for _, child := range content.Blocks {
		if !d.countBlocks(counts, child) {
			n.broken = true
			continue
		}
		kind, _ := spec.Block(child.Type)
		n.blocks = append(n.blocks, d.read(child, kind, file, path))
	}
	d.checkArguments(n)
	d.checkBlocks(n)
	return n
}

// checkArguments reports what the block needs and lacks.
func (d *decoder) checkArguments(n *node) {
	for _, arg := range n.spec.Arguments {
		if arg.Required && !n.given(arg.Name) {
			d.lacks(n, "Missing argument", fmt.Sprintf("%s needs %s: %s.", n.title(), arg.Name, arg.Doc))
		}
	}
}

// blockRange is the block's header; in JSON, where that is a brace, its label.
func blockRange(b *hcl.Block) hcl.Range {
	if len(b.LabelRanges) > 0 && b.DefRange.End.Byte-b.DefRange.Start.Byte <= 1 {
		return b.LabelRanges[0]
	}
	return b.DefRange
}

func schemaOf(spec *Block) *hcl.BodySchema {
	schema := &hcl.BodySchema{}
	for _, a := range spec.Arguments {
		schema.Attributes = append(schema.Attributes, hcl.AttributeSchema{Name: a.Name})
	}
	for _, b := range spec.Blocks {
		schema.Blocks = append(schema.Blocks, headerOf(b))
	}
	return schema
}

func headerOf(b *Block) hcl.BlockHeaderSchema {
	h := hcl.BlockHeaderSchema{Type: b.Name}
	if b.Label != "" {
		h.LabelNames = []string{b.Label}
	}
	return h
}

// checkLabel holds names to what a reference, or the API, can say.
func (d *decoder) checkLabel(n *node) {
	switch {
	case n.spec == loadBlock.Blocks[1]: // a stage's name may be made from a number: at_0.25
		if n.label == "" || len(n.label) > 64 || strings.ContainsFunc(n.label, func(r rune) bool { return r < ' ' || r == 0x7f }) {
			d.fail(n.rng, "Invalid name", "A stage's name is 1 to 64 characters of text.")
		}
	case n.spec == toolBlock || n.spec.Name == "tool_call":
		if !functionName.MatchString(n.label) {
			d.fail(n.rng, "Invalid name", "A function's name is 1 to 64 letters, digits, underscores and dashes, as the OpenAI API demands.")
		}
	case !hclsyntax.ValidIdentifier(n.label) || len(n.label) > 64:
		d.fail(n.rng, "Invalid name", "A name must start with a letter, and have up to 64 letters, digits, underscores and dashes.")
	}
}

// checkBlocks holds the number of nested blocks to the table, and their names apart.
func (d *decoder) checkBlocks(n *node) {
	for _, kind := range n.spec.Blocks {
		all := n.all(kind.Name)
		if kind.Required && len(all) == 0 {
			d.lacks(n, "No "+kind.Name, fmt.Sprintf("%s needs at least one %s block.", a(n.spec.Name), kind.Name))
		}
		if !kind.Many && len(all) > 1 {
			d.twice(all[1].rng, all[0].rng, fmt.Sprintf("Second %s block", kind.Name),
				fmt.Sprintf("%s has at most one %s block.", a(n.spec.Name), kind.Name))
		}
		if kind.Label == "" || kind.Name == "tool_call" {
			continue
		}
		seen := map[string]*node{}
		for _, b := range all {
			if first, ok := seen[b.label]; ok {
				d.twice(b.rng, first.rng, "Name declared twice", fmt.Sprintf("This %s already has a %s named %q.", n.spec.Name, kind.Name, b.label))
				continue
			}
			seen[b.label] = b
		}
	}
}

// ownWords puts HCL's messages about unknown names into the same words for both syntaxes, with suggestions from the
// table.
func (d *decoder) ownWords(diags hcl.Diagnostics, spec *Block) hcl.Diagnostics {
	diags = diags[:min(len(diags), maxDiagnostics)]
	for _, diag := range diags {
		if diag.Subject == nil {
			continue
		}
		if d.labelWords(diag) {
			continue
		}
		name := strings.Trim(d.sourceText(*diag.Subject), `"`)
		where := spec.Name
		if where == "" {
			where = "scenario"
		}
		switch diag.Summary {
		case "Unsupported argument":
			diag.Detail = fmt.Sprintf("%s has no argument named %q.%s", a(where), name, d.meantArgument(name, spec))
		case "Unsupported block type":
			diag.Summary = "Unsupported block"
			diag.Detail = fmt.Sprintf("%s has no block named %q.%s", a(where), name, d.meantBlock(name, spec))
		case "Extraneous JSON object property":
			diag.Summary = "Unsupported property"
			diag.Detail = fmt.Sprintf("%s has no argument or block named %q.%s", a(where), name, didYouMean(name, slices.Concat(argumentNames(spec), blockNames(spec))))
			diag.Context = nil
		}
	}
	return diags
}

var aboutLabels = regexp.MustCompile(`^(Missing|Extraneous) .* for (\S+)$`)

// labelWords does the same for messages about labels; it reports whether the message is one.
func (d *decoder) labelWords(diag *hcl.Diagnostic) bool {
	m := aboutLabels.FindStringSubmatch(diag.Summary)
	if m == nil {
		return false
	}
	diag.Context = nil
	if m[1] == "Missing" {
		diag.Summary = "Missing name"
		diag.Detail = fmt.Sprintf("%s needs a name: write %s \"NAME\" { … }.", a(m[2]), m[2])
		return true
	}
	diag.Summary = "Too many names"
	diag.Detail = fmt.Sprintf("A name means nothing here: write %s { … }.", m[2])
	if labelled(m[2]) {
		diag.Detail = fmt.Sprintf("%s has one name.", a(m[2]))
	}
	return true
}

// labelled reports whether a kind of block, at whatever depth, has a label.
func labelled(kind string) bool {
	var in func([]*Block) bool
	in = func(blocks []*Block) bool {
		return slices.ContainsFunc(blocks, func(b *Block) bool { return b.Name == kind && b.Label != "" || in(b.Blocks) })
	}
	return in(Table)
}

// a puts the article before the name of a block and starts a sentence with it.
func a(name string) string {
	if name == "slo" || strings.ContainsRune("aeio", rune(name[0])) {
		return "An " + name
	}
	return "A " + name
}

func (d *decoder) meantArgument(name string, spec *Block) string {
	if _, ok := spec.Block(name); ok {
		return fmt.Sprintf(" It is a block: write %s { … } without an equals sign.", name)
	}
	return didYouMean(name, argumentNames(spec))
}

func (d *decoder) meantBlock(name string, spec *Block) string {
	if _, ok := spec.Argument(name); ok {
		return fmt.Sprintf(" It is an argument: write %s = … with an equals sign.", name)
	}
	if name == "dynamic" {
		return " Only a load's mix and stage blocks, and a gesture's move blocks, can be made by dynamic."
	}
	return didYouMean(name, blockNames(spec))
}

func argumentNames(spec *Block) []string {
	var names []string
	for _, a := range spec.Arguments {
		names = append(names, a.Name)
	}
	return names
}

func blockNames(spec *Block) []string {
	var names []string
	for _, b := range spec.Blocks {
		names = append(names, b.Name)
	}
	return names
}

// maxDynamic bounds the blocks that one dynamic block makes, maxMade those that all together make.
const (
	maxDynamic = 1000
	maxMade    = 5000
)

// expand makes the body's dynamic blocks real where the table allows them; false where one cannot be.
func (d *decoder) expand(body hcl.Body, spec *Block, file *parsedFile) (hcl.Body, bool) {
	var allowed []string
	for _, b := range spec.Blocks {
		if b.Dynamic {
			allowed = append(allowed, b.Name)
		}
	}
	if len(allowed) == 0 {
		return body, true
	}
	found, rest, _ := body.PartialContent(&hcl.BodySchema{Blocks: []hcl.BlockHeaderSchema{{Type: "dynamic", LabelNames: []string{"block"}}}})
	if len(found.Blocks) == 0 {
		return body, true
	}
	for _, b := range found.Blocks {
		if !slices.Contains(allowed, b.Labels[0]) {
			d.fail(b.LabelRanges[0], "Unsupported dynamic block", fmt.Sprintf("dynamic makes only %s blocks here.%s", listed(allowed, "and"), didYouMean(b.Labels[0], allowed)))
			return rest, false
		}
	}
	return dynblock.Expand(body, d.base(file), dynblock.OptCheckForEach(d.checkForEach)), true
}

func (d *decoder) checkForEach(v cty.Value, expr hcl.Expression, _ *hcl.EvalContext) hcl.Diagnostics {
	problem := ""
	switch {
	case v.ContainsMarked():
		problem = "for_each must not be made from a sensitive value, as the number of blocks would show it."
	case !v.IsWhollyKnown():
		problem = "for_each must be known before the run."
	case v.IsNull() || !v.CanIterateElements():
		problem = "for_each must be a list, a set, a map or an object."
	case v.LengthInt() > maxDynamic:
		problem = fmt.Sprintf("for_each has %d elements; at most %d are allowed.", v.LengthInt(), maxDynamic)
	}
	if problem == "" {
		if d.made += v.LengthInt(); d.made <= maxMade {
			return nil
		}
		problem = fmt.Sprintf("The dynamic blocks of a scenario make more than %d blocks.", maxMade)
	}
	return hcl.Diagnostics{{Severity: hcl.DiagError, Summary: "Invalid for_each", Detail: problem, Subject: expr.Range().Ptr()}}
}
