package shard

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/run"
)

const (
	// beat is how often a follower is heard of, and sends what it measured.
	beat = time.Second
	// margin is what there is between the word that a load begins and the beginning.
	margin = 300 * time.Millisecond
	// parting is for how long a leader that was interrupted waits for what its followers have.
	parting = 5 * time.Second
)

// LeaderOptions say whom a leader waits for.
type LeaderOptions struct {
	// Of is how many shards there are, the leader among them, and Least how many are to stay to the end; 0 is all.
	Of, Least int
	Token     []byte
	// Version is the program's, which all must have.
	Version string
	// Setup is handed to the followers: what they need to make the same plan. Open reads a file that source of the scenario
	// names.
	Setup []byte
	Open  func(source int, name string) ([]byte, error)
	// Plan is what the followers' plans must be equal to, as JSON.
	Plan []byte
	// Turns is what of each turn the leader wants.
	Turns Turns
	// Clock is the run's.
	Clock event.Clock
	// Wait is for how long the run waits for its shards to be ready; 0 is without end. Grace is for how long one may be out
	// of reach; 0 is Grace.
	Wait, Grace time.Duration
	// Note is told what a user should know, in a sentence; nil is nobody.
	Note func(string)
}

// Leader leads the shards of a run. It is the engine's Shard and its Followers.
type Leader struct {
	options  LeaderOptions
	run      string // this process, told from one that takes its place
	cert     tls.Certificate
	listener net.Listener
	serving  sync.WaitGroup
	watching chan struct{}

	merge sync.Mutex // one part after another

	mu      sync.Mutex
	changed chan struct{} // closed at each change
	take    func(index int, p Part) error
	members []*member // by index; the first, which is this process, is nil
	conns   map[*tls.Conn]bool
	begun   map[string]begin // by load
	part    run.Part
	few     string // why the run could not begin
	stopped chan struct{}
	cut     bool
	closing bool
}

// Lead waits for followers at the listener, which it closes in the end. Close ends it.
func Lead(l net.Listener, o LeaderOptions) (*Leader, error) {
	if o.Least <= 0 {
		o.Least = o.Of
	}
	if o.Grace == 0 {
		o.Grace = Grace
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	if len(o.Setup) > mostBody {
		return nil, fmt.Errorf("the scenario has %d bytes: it is too large to be handed to other shards", len(o.Setup))
	}
	cert, err := certificate()
	if err != nil {
		return nil, err
	}
	lead := &Leader{
		options: o, run: rand.Text(), cert: cert, listener: l, watching: make(chan struct{}), changed: make(chan struct{}),
		members: make([]*member, o.Of), conns: map[*tls.Conn]bool{}, begun: map[string]begin{}, part: run.Part{Of: o.Of}, stopped: make(chan struct{}),
	}
	for i := 1; i < o.Of; i++ {
		lead.members[i] = &member{index: i, due: map[string]bool{}}
	}
	lead.serving.Go(lead.accept)
	lead.serving.Go(lead.watch)
	return lead, nil
}

// Deliver says who takes what followers measured. It goes before Begin.
func (l *Leader) Deliver(take func(index int, p Part) error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take = take
}

// Close ends all connections, once the followers had a moment to go by themselves.
func (l *Leader) Close() {
	leaving, cancel := context.WithTimeout(context.Background(), parting)
	l.await(leaving, func() bool { return len(l.those(func(m *member) bool { return m.wire != nil })) == 0 })
	cancel()
	l.mu.Lock()
	if l.closing {
		l.mu.Unlock()
		return
	}
	l.closing = true
	close(l.watching)
	for c := range l.conns {
		_ = c.NetConn().Close()
	}
	l.mu.Unlock()
	_ = l.listener.Close()
	l.serving.Wait()
}

func (l *Leader) accept() {
	for {
		c, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.serving.Go(func() { l.serve(serverTLS(c, l.cert)) })
	}
}

// change lets those who wait look again. l.mu is held.
func (l *Leader) change() {
	close(l.changed)
	l.changed = make(chan struct{})
}

// await waits until ready holds, which is called with l.mu held; false where ctx ended first.
func (l *Leader) await(ctx context.Context, ready func() bool) bool {
	for {
		l.mu.Lock()
		ok, changed := ready(), l.changed
		l.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// Begin makes it an engine.Shard.
func (l *Leader) Begin(ctx context.Context, load string) (event.Instant, error) {
	waiting := ctx
	if load == "" && l.options.Wait > 0 {
		var cancel context.CancelFunc
		waiting, cancel = context.WithTimeout(ctx, l.options.Wait)
		defer cancel()
	}
	all := l.await(waiting, func() bool { return l.enough() && len(l.awaited(load)) == 0 || !l.enough() })
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	if !all {
		for _, m := range l.awaited(load) {
			l.lose(m, m.missing(l.options.Wait))
		}
	}
	if !l.enough() {
		l.few = fmt.Sprintf("%d of %d shards were ready", l.options.Of-len(l.lost()), l.options.Of)
		l.stop()
		return 0, fmt.Errorf("%s, and %d are needed", l.few, l.options.Least)
	}
	return l.begin(load), nil
}

// begin says to all that a load begins. l.mu is held.
func (l *Leader) begin(load string) event.Instant {
	b := begin{Load: load, At: l.options.Clock.Now().Add(margin)}
	if load == "" {
		l.part.Of = l.options.Of - len(l.lost())
		next := 0
		for _, m := range l.members {
			if m != nil && m.gone == "" {
				next++
				m.part = run.Part{Index: next, Of: l.part.Of}
			}
		}
	}
	l.begun[load] = b
	for _, m := range l.members {
		if m != nil && m.wire != nil {
			m.begin(b)
		}
	}
	return b.At
}

// Part makes it an engine.Shard.
func (l *Leader) Part() run.Part {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.part
}

// Stopped makes it an engine.Shard.
func (l *Leader) Stopped() <-chan struct{} { return l.stopped }

// Stop makes it an engine.Followers.
func (l *Leader) Stop() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.stop()
}

func (l *Leader) stop() {
	select {
	case <-l.stopped:
		return
	default:
	}
	close(l.stopped)
	l.tellStop()
}

func (l *Leader) tellStop() {
	for _, m := range l.members {
		if m != nil && m.wire != nil {
			_ = m.wire.post(kindStop, stop{Now: l.cut}, nil) // it is small, so that it fits
		}
	}
	l.change()
}

// Wait makes it an engine.Followers.
func (l *Leader) Wait(ctx context.Context) {
	l.mu.Lock()
	began := len(l.begun) > 0
	l.mu.Unlock()
	if began {
		l.await(ctx, func() bool { return len(l.under()) == 0 })
	}
}

// Settle makes it an engine.Followers. Where ctx has ended, or nothing began, what is under way is cut off.
func (l *Leader) Settle(ctx context.Context, e *measure.Ending) {
	l.mu.Lock()
	if len(l.under()) > 0 {
		l.cut = true
		l.stop()
		l.tellStop()
	}
	began := len(l.begun) > 0
	l.mu.Unlock()
	if began {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), parting)
		l.await(last, func() bool { return len(l.under()) == 0 })
		cancel()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e.Shards = &measure.Shards{Of: l.options.Of, Least: l.options.Least}
	if e.Cause == "" && !e.Interrupted {
		e.Cause = l.few
	}
	for _, m := range l.members {
		if m == nil {
			continue
		}
		if m.gone != "" {
			e.Shards.Lost = append(e.Shards.Lost, measure.LostShard{Index: m.index, Why: m.gone})
		}
		if skew := m.skew.Seconds(); skew > e.Shards.Skew {
			e.Shards.Skew, e.Shards.Skewed = skew, m.index
		}
		if m.final {
			e.Harness.Merge(&m.harness)
		}
	}
}

// Standing is how it stands with the shards of a run.
type Standing struct {
	// Expected is how many there are to be, Present how many are there or done, the leader among both. Lost is how many the
	// run goes on without.
	Expected, Present, Lost int
	// Began: a load has.
	Began bool
}

// Standing may be called at any time.
func (l *Leader) Standing() Standing {
	l.mu.Lock()
	defer l.mu.Unlock()
	present := l.those(func(m *member) bool { return m.gone == "" && (m.wire != nil || m.final) })
	return Standing{l.options.Of, 1 + len(present), len(l.lost()), len(l.begun) > 0}
}

// watch finds followers that were not heard of for too long.
func (l *Leader) watch() {
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		select {
		case <-l.watching:
			return
		case <-ticker.C:
		}
		l.mu.Lock()
		if len(l.begun) > 0 {
			for _, m := range l.under() {
				if time.Since(m.heard) >= l.options.Grace {
					l.lose(m, fmt.Sprintf("was not heard of for %s", l.options.Grace))
					if m.wire != nil {
						m.wire.close()
					}
				}
			}
		}
		l.mu.Unlock()
	}
}

// lose gives a follower up. l.mu is held.
func (l *Leader) lose(m *member, why string) {
	if m.gone != "" || m.final {
		return
	}
	m.gone = why
	if m.wire != nil {
		_ = m.wire.post(kindRefuse, refuse{tooLate, why}, nil) // it is small, so that it fits
	}
	l.options.Note(fmt.Sprintf("shard %d is lost: it %s", m.index, why))
	if len(l.begun) > 0 && !l.enough() {
		l.stop()
	}
	l.change()
}

func (l *Leader) lost() []*member {
	return l.those(func(m *member) bool { return m.gone != "" })
}

// under are the followers that have not said that they are done.
func (l *Leader) under() []*member {
	return l.those(func(m *member) bool { return m.gone == "" && !m.final })
}

// awaited are those that a load waits for.
func (l *Leader) awaited(load string) []*member {
	return l.those(func(m *member) bool { return m.gone == "" && !m.final && !m.due[load] })
}

func (l *Leader) enough() bool { return l.options.Of-len(l.lost()) >= l.options.Least }

func (l *Leader) those(are func(*member) bool) []*member {
	var out []*member
	for _, m := range l.members {
		if m != nil && are(m) {
			out = append(out, m)
		}
	}
	return out
}

// differs says where a follower's plan differs from the leader's; empty where it does not.
func (l *Leader) differs(plan []byte) string {
	if bytes.Equal(plan, l.options.Plan) {
		return ""
	}
	return difference(l.options.Plan, plan)
}

// loads are the names of those that have begun, in order.
func (l *Leader) loads() []string {
	var out []string
	for name := range l.begun {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
