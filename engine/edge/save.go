package edge

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	openai "github.com/sashabaranov/go-openai"
	"github.com/zclconf/go-cty/cty"

	"aimbench/engine/event"
	"aimbench/engine/report"
	"aimbench/engine/scenario"
)

// save writes the talk as a scenario. The name comes from the person alone; the file is written below the working
// directory, whatever links lie there, and goes over no other unless that is said.
func (c *Chat) save(args string) {
	name, force := args, false
	if rest, ok := strings.CutPrefix(args, "--force"); ok && (rest == "" || rest[0] == ' ') {
		name, force = strings.TrimSpace(rest), true
	}
	switch {
	case name == "":
		c.view.Answer("Write /save FILE, such as /save talk.hcl.")
		return
	case filepath.Ext(name) == "":
		name += ".hcl"
	case filepath.Ext(name) != ".hcl":
		c.view.Answer("A scenario is a file that ends in .hcl.")
		return
	}
	text, turns, err := c.record()
	if err == nil {
		err = writeBelow(c.dir, name, text, force)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		c.view.Answer(fmt.Sprintf("%s is there already; /save --force %s goes over it.", name, name))
	case err != nil:
		c.view.Answer("The talk was not saved: " + err.Error() + ".")
	default:
		c.view.Answer(fmt.Sprintf("Saved %d of %d turns to %s. Say in its assertions what must hold, and run it: aimbench run %s", turns, len(c.kept), name, name))
	}
}

// writeBelow writes a file below a directory.
func writeBelow(dir, name string, text []byte, force bool) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close() //nolint:errcheck // what was written has its own
	flags := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if force {
		flags = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	file, err := root.OpenFile(name, flags, 0o644)
	if err != nil {
		var path *fs.PathError
		if errors.As(err, &path) && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("%s: %w; it must lie below the directory where edge runs", name, path.Err)
		}
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Close())
}

// record is the talk as a scenario, and how many turns it has: those that succeeded.
func (c *Chat) record() ([]byte, int, error) {
	var turns []said
	for _, k := range c.kept {
		if k.inner {
			turns = append(turns, k)
		}
	}
	if len(turns) == 0 {
		return nil, 0, errors.New("nothing was said yet that was answered")
	}
	out := hclwrite.NewEmptyFile()
	body := out.Body()
	remark(body, "A talk with edge. aimbench run says it again; edge goes on from its prompt.")
	for _, source := range c.plan.Scenario.Sources {
		if strings.HasSuffix(source.Path, ".json") {
			return nil, 0, errors.New("its scenario is in JSON syntax; write it in HCL's own to save talks")
		}
		file, diags := hclwrite.ParseConfig(source.Text, source.Path, hcl.InitialPos)
		if diags.HasErrors() {
			return nil, 0, diags
		}
		for _, block := range file.Body().Blocks() {
			c.keep(body, block, turns)
		}
	}
	if c.settings.Robot && c.robotReplaced && !slices.ContainsFunc(c.plan.Scenario.Robots, func(r *scenario.Robot) bool { return r.Name == c.conversation.Robot.Name }) {
		body.AppendNewline()
		appendText(body, c.settings.robotText(c.conversation.Robot.Name))
	}
	return hclwrite.Format(out.Bytes()), len(turns), nil
}

// keep takes a block of the talk's scenario over: as it is, but for the conversation, whose turns are now what was said,
// and for who was put in the place of its endpoint and robot. Loads and limits on them have no place here.
func (c *Chat) keep(body *hclwrite.Body, block *hclwrite.Block, turns []said) {
	label := strings.Join(block.Labels(), ".")
	switch block.Type() {
	case "load", "rubric":
		return
	case "slo":
		if ofOther(block, c.conversation.Name) {
			return
		}
	case "conversation":
		if label != c.conversation.Name {
			return
		}
		c.keepConversation(block, turns)
	case "robot":
		if !c.settings.Robot {
			return
		}
		if c.robotReplaced && label == c.conversation.Robot.Name {
			body.AppendNewline()
			appendText(body, c.settings.robotText(label))
			return
		}
	case "endpoint":
		if c.endpointReplaced && label == c.conversation.Endpoint.Name {
			body.AppendNewline()
			appendText(body, c.settings.endpointText(label))
			return
		}
	}
	body.AppendNewline()
	body.AppendBlock(block)
}

// ofOther says whether limits are about something else than the conversation.
func ofOther(block *hclwrite.Block, conversation string) bool {
	about := func(b *hclwrite.Body) bool {
		if b.GetAttribute("load") != nil || b.GetAttribute("turn") != nil {
			return true
		}
		a := b.GetAttribute("conversation")
		return a != nil && strings.TrimSpace(string(a.Expr().BuildTokens(nil).Bytes())) != "conversation."+conversation
	}
	return about(block.Body()) || slices.ContainsFunc(block.Body().Blocks(), func(o *hclwrite.Block) bool { return about(o.Body()) })
}

// keepConversation puts what was said in the place of a conversation's turns.
func (c *Chat) keepConversation(block *hclwrite.Block, turns []said) {
	body := block.Body()
	for _, b := range body.Blocks() {
		if b.Type() == "turn" || b.Type() == "perform" && !c.settings.Robot {
			body.RemoveBlock(b)
		}
	}
	if h := c.talk.History(); len(h) > 0 && h[0].Role == openai.ChatMessageRoleSystem {
		body.SetAttributeValue("system", cty.StringVal(c.redacted(h[0].Content)))
	} else {
		body.RemoveAttribute("system")
	}
	switch {
	case !c.settings.Robot:
		body.RemoveAttribute("robot")
		body.RemoveAttribute("speak")
		c.keepTools(body)
	case c.robotReplaced:
		body.SetAttributeTraversal("robot", hcl.Traversal{hcl.TraverseRoot{Name: "robot"}, hcl.TraverseAttr{Name: c.conversation.Robot.Name}})
	}
	for i := range turns {
		body.AppendNewline()
		c.appendTurn(body, i+1, &turns[i])
	}
}

// keepTools leaves out the tools that only a robot could answer.
func (c *Chat) keepTools(body *hclwrite.Body) {
	var names []hclwrite.Tokens
	for _, t := range c.conversation.Tools {
		names = append(names, hclwrite.TokensForTraversal(hcl.Traversal{hcl.TraverseRoot{Name: "tool"}, hcl.TraverseAttr{Name: t.Name}}))
	}
	if len(names) == 0 {
		body.RemoveAttribute("tools")
		return
	}
	body.SetAttributeRaw("tools", hclwrite.TokensForTuple(names))
}

// appendTurn writes a turn, and an assertion to be filled in.
func (c *Chat) appendTurn(body *hclwrite.Body, n int, k *said) {
	turn := body.AppendNewBlock("turn", []string{fmt.Sprintf("turn_%d", n)}).Body()
	if k.turn.Class == event.HungUp {
		remark(turn, "The person cut in on this reply.")
	}
	text, images := "", 0
	for _, p := range k.words {
		if p.Kind == scenario.PartImage {
			images++
		} else {
			text += p.Text
		}
	}
	if images > 0 {
		remark(turn, fmt.Sprintf("%d image(s) went with this: put them beside this file, and write [image(\"FILE\"), text(…)].", images))
	}
	turn.SetAttributeValue("user", cty.StringVal(c.redacted(text)))
	turn.AppendNewline()
	if k.turn.Text != "" {
		remark(turn, "It answered: "+c.redacted(k.turn.Text))
	}
	for _, call := range k.turn.ToolCalls {
		remark(turn, "It called "+call.Name+" "+c.redacted(call.Arguments))
	}
	remark(turn, "Say here what must hold of the reply.")
	assert := turn.AppendNewBlock("assert", nil).Body()
	condition := "length(response.text) > 0"
	if k.turn.Text == "" {
		condition = "length(response.tool_calls) > 0"
	}
	assert.SetAttributeRaw("condition", tokens(condition))
	assert.SetAttributeValue("error_message", cty.StringVal("There was no answer."))
}

func (c *Chat) redacted(text string) string { return c.plan.Scenario.Secrets.Redact(text) }

// mostRemark bounds a remark, in bytes.
const mostRemark = 600

// remark writes a comment. Whatever the text is, it stays one: line ends and what could act on a terminal are escaped.
func remark(body *hclwrite.Body, text string) {
	if len(text) > mostRemark {
		text = strings.ToValidUTF8(text[:mostRemark], "") + "…"
	}
	body.AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: []byte("# " + report.Escape(text) + "\n")}})
}

// appendText writes a block that was made as text.
func appendText(body *hclwrite.Body, text string) {
	file, diags := hclwrite.ParseConfig([]byte(text), "", hcl.InitialPos)
	if diags.HasErrors() {
		return // it is our own
	}
	for _, b := range file.Body().Blocks() {
		body.AppendBlock(b)
	}
}

// tokens are those of an expression.
func tokens(expression string) hclwrite.Tokens {
	return hclwrite.Tokens{{Type: hclsyntax.TokenIdent, Bytes: []byte(expression)}}
}
