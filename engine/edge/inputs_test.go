package edge

import "testing"

// Going through what was typed: each step says what the input shows before, and after.
func TestInputs(t *testing.T) {
	type step struct{ key, shown, want string }
	for name, steps := range map[string][]step{
		"up and down":                        {{"up", "draft", "/stop"}, {"up", "/stop", "Hello"}, {"down", "Hello", "/stop"}, {"down", "/stop", "draft"}},
		"search goes further":                {{"search", "Hel", "Hello"}, {"search", "Hello", "Help me"}, {"search", "Help me", ""}},
		"search after the draft is left":     {{"up", "", "/stop"}, {"leave", "", ""}, {"search", "Hel", "Hello"}},
		"search for a line that was changed": {{"up", "", "/stop"}, {"search", "Help", "Help me"}, {"down", "Help me", "Hello"}},
		"up after the draft is left":         {{"up", "", "/stop"}, {"up", "/stop", "Hello"}, {"leave", "", ""}, {"up", "", "/stop"}},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := readInputs("")
			if err != nil {
				t.Fatal(err)
			}
			for _, line := range []string{"Help me", "Hello", "/stop"} {
				if err := h.add(line); err != nil {
					t.Fatal(err)
				}
			}
			for i, s := range steps {
				var got string
				switch s.key {
				case "up":
					got, _ = h.older(s.shown)
				case "down":
					got, _ = h.newer()
				case "search":
					got, _ = h.search(s.shown)
				case "leave":
					h.leave()
				}
				if got != s.want {
					t.Errorf("step %d: %s with %q shows %q, want %q", i, s.key, s.shown, got, s.want)
				}
			}
		})
	}
}
