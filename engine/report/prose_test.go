package report

import "testing"

// A reply goes on in the width that the terminal has by then.
func TestProseOfATerminalThatChanges(t *testing.T) {
	p := NewProse(Style{Width: 60, Unicode: true}, nil, "reachy › ", "         ")
	got := p.Add(Answer, "Once upon a time there was a robot on a desk beside a lamp ")
	p.Resize(40)
	got += p.Add(Answer, "that told a story of a robot on a desk beside a lamp ")
	p.Resize(80)
	got += p.Add(Answer, "that told a story of a robot on a desk that told a story.") + p.End()
	want := "reachy › Once upon a time there was a robot on a desk beside\n" +
		"         a lamp that told a story of a\n" +
		"         robot on a desk beside a lamp that told a story of a robot on a desk\n" +
		"         that told a story.\n"
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
