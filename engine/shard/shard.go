// Package shard lets several processes share the loads of one run: one leads, and the others follow it. The leader serves
// the scenario, says when each load begins, merges what the followers measured, and judges. docs/scaling.md says how it is
// used, and what becomes of a shard that is lost.
//
// They talk over TLS with certificates made for the occasion. What proves to each that the other is no stranger is a token
// that both have: a code over it and what the two ends of the connection alone know. The token itself is never sent.
package shard

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/run"
)

// Port is the leader's where no other is named.
const Port = "7946"

// Most is how many processes may share a run.
const Most = 10_000

// Grace is for how long a shard may be out of reach until it is lost.
const Grace = 30 * time.Second

// Place is which of how many processes one is. Index 0 leads. The zero Place is the only one.
type Place struct{ Index, Of int }

// Shared reports whether there are others.
func (p Place) Shared() bool { return p.Of > 1 }

// Leads reports whether it judges.
func (p Place) Leads() bool { return p.Index == 0 }

// String is as ParsePlace reads it.
func (p Place) String() string { return fmt.Sprintf("%d/%d", p.Index, max(p.Of, 1)) }

// ParsePlace reads INDEX/COUNT, such as 0/4 to 3/4.
func ParsePlace(text string) (Place, error) {
	index, of, ok := strings.Cut(text, "/")
	i, err := strconv.Atoi(index)
	n, err2 := strconv.Atoi(of)
	switch {
	case !ok || err != nil || err2 != nil:
		return Place{}, fmt.Errorf("%q is no INDEX/COUNT, such as 0/4 for the first of four", text)
	case n < 1 || n > Most:
		return Place{}, fmt.Errorf("%q: there are 1 to %d shards", text, Most)
	case i < 0 || i >= n:
		return Place{}, fmt.Errorf("%q: the shards of %d are numbered 0 to %d", text, n, n-1)
	}
	return Place{i, n}, nil
}

// shortest is how many bytes a token has at least.
const shortest = 16

// ReadToken reads the token that the shards of a run have in common from a file. White space around it does not count.
func ReadToken(path string) ([]byte, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	token := bytes.TrimSpace(raw)
	if len(token) < shortest {
		return nil, fmt.Errorf("%s: the token has %d bytes, and must have at least %d: take the output of openssl rand -hex 32", path, len(token), shortest)
	}
	return token, nil
}

// Part is what a follower has for the leader since it last told.
type Part struct {
	// Measured is what its recorder took.
	Measured []byte
	// Turns are lines of results.NewLines, of the turns that ended.
	Turns []byte
	// Windows are those of one load after another, as they became known.
	Windows []event.Window
	// States are how far its loads are.
	States []run.State
}

// ErrLost says that the leader, or the run that it led, is gone.
var ErrLost = errors.New("the leader of this run is lost")

// ErrRefused says that the leader does not take this process as the shard that it wants to be.
var ErrRefused = errors.New("refused")
