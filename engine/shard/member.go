package shard

import (
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"aimbench/engine/audit"
	"aimbench/engine/run"
)

// member is a follower as its leader knows it.
type member struct {
	index    int
	instance string
	wire     *wire // nil while it is away
	heard    time.Time
	due      map[string]bool // the loads that it is ready for
	part     run.Part
	acked    uint64
	final    bool
	gone     string        // why it is lost; empty where it is not
	skew     time.Duration // how far apart from the others it may have begun
	apart    time.Duration // how far off its clock may be
	harness  audit.Facts
}

func (m *member) begin(b begin) {
	b.Part = m.part
	_ = m.wire.post(kindBegin, b, nil) // it is small, so that it fits
}

// missing says what a follower did not do in time.
func (m *member) missing(wait time.Duration) string {
	if m.instance == "" {
		return fmt.Sprintf("did not come within %s", wait)
	}
	return fmt.Sprintf("was not ready within %s", wait)
}

// serve talks with whoever connected.
func (l *Leader) serve(c *tls.Conn) {
	defer c.NetConn().Close() //nolint:errcheck // the end of it is all that is wanted
	if !l.known(c) {
		return
	}
	defer func() {
		l.mu.Lock()
		delete(l.conns, c)
		l.mu.Unlock()
	}()
	stranger := time.AfterFunc(silence, func() { _ = c.NetConn().Close() })
	h, err := l.meet(c)
	stranger.Stop()
	if err != nil {
		return
	}
	m, w, no := l.admit(c, h)
	if no.Reason != "" {
		deny(c, no)
		return
	}
	defer w.sent.Wait()
	defer w.close()
	for err == nil {
		var f frame
		if f, err = readFrame(c, mostBody); err == nil {
			err = l.hear(m, w, f)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if m.wire == w {
		m.wire = nil
		if len(l.begun) == 0 { // it can come again, also as another process
			m.instance, m.due = "", map[string]bool{}
		}
		l.change()
	}
}

// noticed is from where on it is said that a machine's time of day is another.
const noticed = 100 * time.Millisecond

// strangers is how many connections there may be besides one a shard.
const strangers = 64

// known keeps a connection in mind, so that Close finds it; false where there are too many, or the leader closes.
func (l *Leader) known(c *tls.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closing || len(l.conns) >= l.options.Of+strangers {
		return false
	}
	l.conns[c] = true
	return true
}

func deny(c *tls.Conn, why refuse) {
	if b, err := pack(kindRefuse, why, nil); err == nil {
		_, _ = c.Write(b) // it goes whether or not it hears why
		_ = c.CloseWrite()
	}
}

// meet finds out who connected, and lets nobody through who does not have the token or could not follow.
func (l *Leader) meet(c *tls.Conn) (hello, error) {
	var h hello
	f, err := readFrame(c, 0)
	if err != nil {
		return h, err
	}
	if f.kind != kindHello || f.says(&h) != nil {
		return h, errFrame
	}
	no := func(why reason, here, note string, args ...any) (hello, error) {
		deny(c, refuse{why, here})
		l.options.Note(fmt.Sprintf(note, args...))
		return h, ErrRefused
	}
	o := &l.options
	switch {
	case !proven(c, o.Token, asFollower, h.Proof):
		return no(badToken, "", "somebody at %s wanted to be a shard, and has another token", c.RemoteAddr())
	case h.Protocol != protocol:
		return no(badProtocol, fmt.Sprint(protocol), "shard %d speaks version %d of the protocol, and this aimbench %d", h.Index, h.Protocol, protocol)
	case h.Version != o.Version:
		return no(badVersion, o.Version, "shard %d is aimbench %.40q, and this is %s", h.Index, h.Version, o.Version)
	case h.Of != o.Of || h.Index < 1 || h.Index >= o.Of || h.Instance == "":
		return no(badCount, fmt.Sprint(o.Of), "somebody wanted to be shard %d of %d, and here are %d", h.Index, h.Of, o.Of)
	}
	return h, nil
}

// admit makes a follower out of who was met, unless another is in its place.
func (l *Leader) admit(c *tls.Conn, h hello) (*member, *wire, refuse) {
	mine, err := proof(c, l.options.Token, asLeader)
	if err != nil {
		return nil, nil, refuse{Reason: badToken}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	m := l.members[h.Index]
	began := len(l.begun) > 0
	switch {
	case h.Run != "" && h.Run != l.run:
		return nil, nil, refuse{Reason: otherRun}
	case m.instance != "" && m.instance != h.Instance && began:
		return nil, nil, refuse{tooLate, "has another process"}
	case m.instance != "" && m.instance != h.Instance && m.wire != nil:
		return nil, nil, refuse{Reason: taken}
	case m.gone != "" || began && m.instance == "":
		return nil, nil, refuse{tooLate, m.gone}
	}
	if m.wire != nil {
		m.wire.close()
	}
	if off := time.Until(h.Now); h.Run == "" && off.Abs() > noticed {
		l.options.Note(fmt.Sprintf("the time of day of shard %d is off by %s: its instants count by the clock of shard 0", m.index, off.Round(noticed)))
	}
	w := newWire(c)
	m.instance, m.wire, m.heard = h.Instance, w, time.Now()
	var setup []byte
	if h.Run == "" {
		setup = l.options.Setup
	}
	_ = w.post(kindWelcome, welcome{Proof: mine, Run: l.run, Turns: l.options.Turns, Acked: m.acked}, setup) // Lead knows that it fits
	for _, load := range l.loads() {
		m.begin(l.begun[load])
	}
	select {
	case <-l.stopped:
		_ = w.post(kindStop, stop{Now: l.cut}, nil) // it is small, so that it fits
	default:
	}
	l.change()
	return m, w, refuse{}
}

// hear takes in what a follower says.
func (l *Leader) hear(m *member, w *wire, f frame) error {
	l.mu.Lock()
	m.heard = time.Now()
	l.mu.Unlock()
	switch f.kind {
	case kindPing:
		var p ping
		if err := f.says(&p); err != nil {
			return err
		}
		return w.post(kindPong, pong{p.N, l.options.Clock.Now(), time.Now()}, nil)
	case kindOpen:
		return l.handFile(w, f)
	case kindDue:
		return l.hearDue(m, w, f)
	case kindUpload:
		return l.hearUpload(m, w, f)
	case kindLeave:
		var left leave
		if err := f.says(&left); err != nil {
			return err
		}
		l.mu.Lock()
		l.lose(m, fmt.Sprintf("left: %.300q", left.Why))
		l.mu.Unlock()
		return ErrRefused
	}
	return errFrame
}

func (l *Leader) handFile(w *wire, f frame) error {
	var o openFile
	if err := f.says(&o); err != nil {
		return err
	}
	raw, err := l.options.Open(o.Source, o.Name)
	if err != nil {
		return w.post(kindFile, file{ID: o.ID, Error: err.Error()}, nil)
	}
	return w.post(kindFile, file{ID: o.ID}, raw)
}

func (l *Leader) hearDue(m *member, w *wire, f frame) error {
	var d due
	if err := f.says(&d); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if d.Load == "" {
		if where := l.differs(f.body); where != "" {
			_ = w.post(kindRefuse, refuse{badPlan, where}, nil)
			l.lose(m, "made another plan: "+where)
			return nil // it goes by itself once it has read why
		}
		m.apart = max(0, d.Apart)
	}
	m.due[d.Load] = true
	l.change()
	return nil
}

var errSequence = errors.New("an upload is missing")

// hearUpload takes in an upload, once, however often it comes.
func (l *Leader) hearUpload(m *member, w *wire, f frame) error {
	var u upload
	if err := f.says(&u); err != nil {
		return err
	}
	if u.Measured < 0 || u.Measured > len(f.body) {
		return errFrame
	}
	l.merge.Lock()
	defer l.merge.Unlock()
	l.mu.Lock()
	acked, gone, take := m.acked, m.gone != "" || m.final, l.take
	l.mu.Unlock()
	switch {
	case u.N <= acked:
		return w.post(kindAck, ack{u.N}, nil)
	case u.N != acked+1 || gone || take == nil:
		return errSequence
	}
	err := take(m.index, Part{Measured: f.body[:u.Measured], Turns: f.body[u.Measured:], Windows: u.Windows, States: u.States})
	l.mu.Lock()
	defer l.mu.Unlock()
	if err != nil {
		l.lose(m, fmt.Sprintf("sent what cannot be merged: %v", err))
		return err
	}
	m.acked, m.skew = u.N, m.apart+max(m.skew-m.apart, u.Late, 0)
	if u.Final {
		m.harness = u.Harness
		if u.Cut != "" {
			l.lose(m, fmt.Sprintf("left before the end: %.300q", u.Cut))
		}
		m.final = true
		l.change()
	}
	return w.post(kindAck, ack{u.N}, nil)
}
