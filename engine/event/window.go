package event

// Hull spans the windows of one load in several processes: the result has those of both lists, each from where it first
// begins to where it last ends, and open where one is.
func Hull(all, more []Window) []Window {
	out := append([]Window(nil), all...)
next:
	for _, w := range more {
		for i := range out {
			have := &out[i]
			if have.Load != w.Load || have.Stage != w.Stage {
				continue
			}
			have.Start = min(have.Start, w.Start)
			if have.End.Reached() && w.End.Reached() {
				have.End = max(have.End, w.End)
			} else {
				have.End = 0
			}
			continue next
		}
		out = append(out, w)
	}
	return out
}
