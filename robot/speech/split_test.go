package speech

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

func sentences(deltas ...string) []string {
	var s Splitter
	var out []string
	for _, d := range deltas {
		out = append(out, s.Feed(d)...)
	}
	return append(out, s.End()...)
}

func TestSplit(t *testing.T) {
	long := strings.Repeat("word ", 50)
	for _, c := range []struct {
		what, text string
		want       []string
	}{
		{"nothing", "", nil},
		{"no end", "Hello there", []string{"Hello there"}},
		{"two", "Hello! I am Reachy.", []string{"Hello!", "I am Reachy."}},
		{"abbreviations", "Dr. Who, e.g. the tenth, met Mr. J. Smith. Good.", []string{"Dr. Who, e.g. the tenth, met Mr. J. Smith.", "Good."}},
		{"numbers", "Pi is 3.14. Two is 2. Done.", []string{"Pi is 3.14.", "Two is 2.", "Done."}},
		{"no is no abbreviation", "No. That was I. You?", []string{"No.", "That was I.", "You?"}},
		{"a pause", "Well... I think so. Yes… maybe.", []string{"Well... I think so.", "Yes… maybe."}},
		{"quotes", `He said "Stop!" Then (he left.) "Why?"`, []string{`He said "Stop!"`, "Then (he left.)", `"Why?"`}},
		{"marks", "**Sure!** This is _very_ `nice()`, ~~not~~ *really*. 2 * 3, 2*3, snake_case.",
			[]string{"Sure!", "This is very nice(), not really.", "2 * 3, 2*3, snake case."}},
		{"headings and lists", "# Plan\n\n- First do this\n* [x] Then that\n1. Count. On\n> Quoted",
			[]string{"Plan", "First do this", "Then that", "1. Count.", "On", "Quoted"}},
		{"a table", "| a | b |\n|---|---|\n| 1 | 2 |", []string{"a b", "1 2"}},
		{"code", "Try this:\n```go\nfmt.Println(\"no. never\")\n```\nDone.", []string{"Try this:", "Done."}},
		{"code within an item", "- Run:\n    ```\n    rm -rf /\n    ```\n- Stop", []string{"Run:", "Stop"}},
		{"a longer fence", "````\n```\ncode\n```\n````\nAfter", []string{"After"}},
		{"tildes", "~~~\ncode\n~~~\nAfter", []string{"After"}},
		{"code that does not end", "Look:\n```\ncode. More code", []string{"Look:"}},
		{"three backticks in a line", "```ls``` lists.", []string{"ls lists."}},
		{"stops in code", "Use `a. b` here. Fine.", []string{"Use a. b here.", "Fine."}},
		{"links", "See [the docs. All](https://a.b/c_(d)?e=f. \"T. x\"), <https://x.y> or https://z.w/a. Or www.a.b! ![A dog](x.png) ok",
			[]string{"See the docs.", "All, or.", "Or!", "A dog ok"}},
		{"a URL in brackets", "Go there (https://a.b/c). Now", []string{"Go there.", "Now"}},
		{"emoji", "Hi 👋🏽! 👨‍👩‍👧 Family 🇫🇷. 20 °C™ ❤️ 1️⃣ → x", []string{"Hi!", "Family.", "20 °C™ 1 x"}},
		{"an emoji after the end", "Great!😀 Next.", []string{"Great!", "Next."}},
		{"only marks", "---\n***\n👍\n...", nil},
		{"tags", "A<br>b <b>c</b> a < b", []string{"A b c a < b"}},
		{"escapes", `A \*star\* and \_`, []string{"A star and"}},
		{"thoughts", "<think>\nHm. Yes.\n</think>\n\nHello.", []string{"Hello."}},
		{"no thought", "<thin", []string{"<thin"}},
		{"other scripts", "你好。我是机器人！是吗？", []string{"你好。", "我是机器人！", "是吗？"}},
		{"a long sentence ends at a comma", long + "so, it goes. On.", []string{strings.TrimSpace(long) + " so,", "it goes.", "On."}},
		{"a text without any mark", strings.Repeat("word ", 100), []string{strings.TrimSpace(strings.Repeat("word ", 80)), strings.TrimSpace(strings.Repeat("word ", 20))}},
		{"a URL longer than all", "See https://a.b/" + strings.Repeat("x", 2000) + " now.", []string{"See", "now."}},
		{"terminal escapes", "A\x1b[31m\x07b.", []string{"A 31m b."}},
		{"not UTF-8", "A\xff\xfeb.", []string{"A b."}},
	} {
		if got := sentences(c.text); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
		if got := sentences(strings.Split(c.text, "")...); !slices.Equal(got, c.want) {
			t.Errorf("%s, letter by letter: %q, want %q", c.what, got, c.want)
		}
	}
}

// A sentence is given as soon as a space follows it.
func TestSplitIsEarly(t *testing.T) {
	var s Splitter
	for _, c := range []struct {
		delta string
		want  []string
	}{
		{"Hello", nil}, {" there", nil}, {".", nil}, {" I", []string{"Hello there."}}, {" am", nil}, {"!\n", []string{"I am!"}},
	} {
		if got := s.Feed(c.delta); !slices.Equal(got, c.want) {
			t.Errorf("after %q: %q, want %q", c.delta, got, c.want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for _, text := range []string{
		"Hello. You **there**, `a. b`!\n```\nx\n```\n[a](b. c) https://x.y", "<think>a</think>b", "1. a\n~~~\n~~~~\n", "é。\xff\xe3\x80", strings.Repeat("http://a", 90),
	} {
		f.Add(text, uint8(3))
	}
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		whole := sentences(text)
		var deltas []string
		for rest := text; rest != ""; {
			n := min(len(rest), 1+int(size))
			deltas, rest = append(deltas, rest[:n]), rest[n:]
		}
		if cut := sentences(deltas...); !slices.Equal(cut, whole) {
			t.Fatalf("%q in pieces of %d gives %q, whole %q", text, 1+int(size), cut, whole)
		}
		for _, s := range whole {
			unspeakable := func(r rune) bool { return unicode.IsControl(r) || r == '`' || pictured(r) }
			if s != strings.TrimSpace(s) || s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, unspeakable) || url.MatchString(s) {
				t.Fatalf("%q gives %q", text, s)
			}
			if len(s) > 2*maxPiece {
				t.Fatalf("a sentence of %d bytes", len(s))
			}
		}
	})
}

// Nothing of plain words is lost.
func FuzzSplitKeepsWords(f *testing.F) {
	f.Add("Hello there. You? Yes, I am it")
	f.Fuzz(func(t *testing.T, text string) {
		plain := strings.Map(func(r rune) rune {
			if r == '.' || r == '?' || r == ',' || r == ' ' || r >= 'a' && r <= 'z' {
				return r
			}
			return ' '
		}, text)
		if strings.Contains(plain, "www.") {
			return
		}
		letters := func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsLetter(r) {
					return r
				}
				return -1
			}, s)
		}
		if got := letters(strings.Join(sentences(plain), " ")); got != letters(plain) {
			t.Fatalf("%q became %q", plain, got)
		}
	})
}
