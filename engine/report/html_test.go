package report

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/results"
)

// pageOf writes a run as a page and parses it.
func pageOf(t testing.TB, run *results.Run) (text string, root *html.Node) {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(&b, run); err != nil {
		t.Fatal(err)
	}
	root, err := html.Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return b.String(), root
}

// elements are the elements with one of the names, in the order in which they begin; all where there is no name.
func elements(root *html.Node, names ...atom.Atom) []*html.Node {
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && (len(names) == 0 || slices.Contains(names, n.DataAtom)) {
			found = append(found, n)
		}
	}
	return found
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// inside is the text within an element, on one line.
func inside(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// blocks are the elements that the outline of a page gives a line.
var blocks = map[atom.Atom]bool{
	atom.Header: true, atom.Main: true, atom.Section: true, atom.Footer: true, atom.H1: true, atom.H2: true, atom.H3: true,
	atom.P: true, atom.Div: true, atom.Table: true, atom.Tr: true, atom.Details: true, atom.Summary: true, atom.Pre: true,
	atom.Dl: true, atom.Dt: true, atom.Dd: true, atom.Nav: true, atom.Figure: true, atom.Button: true,
}

// outline is what a page says, a line for each block: its element, what it is called, and its text.
func outline(n *html.Node, indent string) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		switch {
		case c.DataAtom == atom.Script || c.DataAtom == atom.Style || c.DataAtom == atom.Noscript:
		case c.Type == html.ElementNode && blocks[c.DataAtom]:
			name := strings.TrimRight(c.Data+" "+attribute(c, "class"), " ")
			fmt.Fprintf(&b, "%s%s: %s\n%s", indent, name, own(c), outline(c, indent+"  "))
		default:
			b.WriteString(outline(c, indent))
		}
	}
	return b.String()
}

// own is the text of an element without that of the blocks in it; drawings say what they show.
func own(n *html.Node) string {
	var b strings.Builder
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case c.DataAtom == atom.Noscript:
		case c.DataAtom == atom.Svg && attribute(c, "role") == "img":
			b.WriteString(" [" + attribute(c, "aria-label") + "] ")
		case c.DataAtom == atom.Td || c.DataAtom == atom.Th:
			b.WriteString(own(c) + " | ")
		case c.Type == html.ElementNode && !blocks[c.DataAtom] && c.DataAtom != atom.Svg:
			b.WriteString(" " + own(c) + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestHTML(t *testing.T) {
	for _, r := range runs {
		t.Run(r.name, func(t *testing.T) {
			_, root := pageOf(t, r.run())
			golden(t, "html/"+r.name+".txt", []byte(outline(elements(root, atom.Body)[0], "")))
		})
	}
}

// What is shown first is the verdict.
func TestThePageBeginsWithTheVerdict(t *testing.T) {
	for _, r := range runs {
		run := r.run()
		_, root := pageOf(t, run)
		first := inside(elements(root, atom.H2)[0])
		if want := fmt.Sprintf("%s (%d)", run.Summary.Verdict.Word(), run.Summary.ExitCode); !strings.Contains(first, want) {
			t.Errorf("%s: the first heading is %q, without %q", r.name, first, want)
		}
	}
}

// The page runs only the scripts and styles that its policy names, and refers to nothing outside itself.
func TestThePageStandsAlone(t *testing.T) {
	for _, r := range runs {
		_, root := pageOf(t, r.run())
		policy := ""
		for _, n := range elements(root) {
			if attribute(n, "http-equiv") == "Content-Security-Policy" {
				policy = attribute(n, "content")
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.Contains(a.Val, "//") && a.Key != "aria-label" {
					t.Errorf("%s: %s has %s=%q", r.name, n.Data, a.Key, a.Val)
				}
				if (a.Key == "href" || a.Key == "src") && !strings.HasPrefix(a.Val, "#") {
					t.Errorf("%s: %s refers to %q", r.name, n.Data, a.Val)
				}
			}
		}
		if !strings.HasPrefix(policy, "default-src 'none';") {
			t.Errorf("%s: the policy is %q", r.name, policy)
		}
		for _, n := range elements(root, atom.Script, atom.Style) {
			text := ""
			if n.FirstChild != nil {
				text = n.FirstChild.Data
			}
			if attribute(n, "type") == "application/json" {
				continue // data, which no browser runs
			}
			sum := sha256.Sum256([]byte(text))
			if !strings.Contains(policy, base64.StdEncoding.EncodeToString(sum[:])) {
				t.Errorf("%s: the policy does not name a %s", r.name, n.Data)
			}
			for _, reach := range []string{"@import", "url(", "fetch(", "XMLHttpRequest", "WebSocket", "sendBeacon", "import("} {
				if strings.Contains(text, reach) {
					t.Errorf("%s: a %s has %s", r.name, n.Data, reach)
				}
			}
		}
	}
}

// Whatever a model, a server or a scenario says is text on the page.
func TestHostileTextIsText(t *testing.T) {
	run := hostileRun()
	run.Scenario, run.Digest, run.Aimbench = hostile, hostile, hostile
	run.Sources = []results.Source{{Path: hostile, Text: hostile + "\n</pre></script>"}}
	run.Endpoints = []results.Endpoint{{Name: hostile, URL: "javascript:alert(1)", Model: hostile}}
	run.Summary.Reason = hostile
	run.Turns[0].Conversation, run.Turns[0].Turn = hostile, hostile
	_, root := pageOf(t, run)
	_, plain := pageOf(t, passing())
	if got, want := len(elements(root, atom.Script)), len(elements(plain, atom.Script)); got != want {
		t.Errorf("%d scripts, want %d", got, want)
	}
	for _, n := range elements(root, atom.A, atom.Img, atom.Iframe, atom.Object, atom.Embed, atom.Link, atom.Base, atom.Form) {
		if n.DataAtom != atom.A || !strings.HasPrefix(attribute(n, "href"), "#") {
			t.Errorf("the page has a %s", n.Data)
		}
	}
	for n := range root.Descendants() {
		if n.Type == html.TextNode && n.Parent.DataAtom != atom.Script && n.Parent.DataAtom != atom.Style {
			harmless(t, n.Data, Style{Unicode: true})
		}
	}
	if !strings.Contains(inside(root), "<script>alert(1)</script>") {
		t.Error("the text of the reply is not on the page")
	}
}

// The plots' library is the one that page/README.md names.
func TestTheVersionOfThePlots(t *testing.T) {
	script, err := os.ReadFile("page/uplot.js")
	if err != nil {
		t.Fatal(err)
	}
	about, err := os.ReadFile("page/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(script[:200]), "(v")
	if version, _, _ := strings.Cut(rest, ")"); version == "" || !strings.Contains(string(about), "uPlot) "+version+",") {
		t.Errorf("the script is of version %q, which the README does not name", version)
	}
}

// What there is nothing of is left out.
func TestAPageOfNothing(t *testing.T) {
	for _, run := range []*results.Run{
		{Summary: &measure.Summary{}},
		{Summary: &measure.Summary{}, Cut: true, Turns: []event.Turn{{}, {Requests: []event.Request{{}}}}},
		finished(nil, measure.Ending{}),
	} {
		_, root := pageOf(t, run)
		if len(elements(root, atom.Main)) != 1 || len(elements(root, atom.Table)) != 0 {
			t.Error(outline(root, ""))
		}
	}
}

// However much was said, the page stays small, and shows first what broke a promise.
func TestThePageStaysSmall(t *testing.T) {
	var turns []event.Turn
	for i := range 2000 {
		one := reply("smoke", fmt.Sprintf("t%d", i), strings.Repeat(`<"&'>`, 4000), strings.Repeat("日本\n\x00", 4000))
		if i == 1500 {
			one.Assertions = []event.Assertion{failed("broken", strings.Repeat("<", 100_000))}
		}
		turns = append(turns, one)
	}
	run := finished(turns, measure.Ending{}, under("ttft", "ttft", 50, 0.8))
	for range 20 {
		run.Sources = append(run.Sources, results.Source{Path: "big.hcl", Text: strings.Repeat(`a = "<&>"`+"\n", 20_000)})
	}
	text, root := pageOf(t, run)
	if len(text) > 1_000_000 {
		t.Errorf("%d bytes", len(text))
	}
	list := elements(root, atom.Summary)
	if first := inside(list[0]); !strings.Contains(first, "t1500") {
		t.Errorf("the first turn is %q", first)
	}
	if n := len(list); n < mostTurns || n > mostTurns+30 {
		t.Errorf("%d turns", n)
	}
}
