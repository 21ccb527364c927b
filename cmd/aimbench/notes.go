package main

import (
	"fmt"
	"io"
	"sync/atomic"

	"aimbench/engine/progress"
)

// notes tells a user what there is to know of a run besides its result, beside the progress where that is shown.
type notes struct {
	stderr io.Writer
	shown  atomic.Pointer[progress.Progress]
}

func (n *notes) say(text string) {
	if p := n.shown.Load(); p != nil {
		p.Say(text)
		return
	}
	fmt.Fprintln(n.stderr, text)
}
