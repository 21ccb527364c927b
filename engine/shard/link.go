package shard

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	"aimbench/engine/event"
)

// link is a connection with the leader that both ends have proven themselves on.
type link struct {
	*wire
	acked uint64
	// What has gone out over it.
	due    map[string]bool
	files  map[uint64]bool
	upload uint64
	left   bool
}

// connect reaches the leader, and proves what there is to prove.
func (f *Follower) connect(ctx context.Context) (*link, error) {
	o := &f.options
	dialing, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	raw, err := o.Dial(dialing, "tcp", o.Leader)
	if err != nil {
		return nil, err
	}
	c := clientTLS(raw)
	l, err := f.greet(dialing, c)
	if err != nil {
		_ = raw.Close()
		return nil, err
	}
	return l, nil
}

func (f *Follower) greet(ctx context.Context, c *tls.Conn) (*link, error) {
	o := &f.options
	if err := c.HandshakeContext(ctx); err != nil {
		return nil, fmt.Errorf("what answers is no leader: %w", err)
	}
	mine, err := proof(c, o.Token, asFollower)
	if err != nil {
		return nil, err
	}
	b, err := pack(kindHello, hello{protocol, o.Version, mine, o.Place.Index, o.Place.Of, f.instance, f.run, o.Now()}, nil)
	if err != nil {
		return nil, err
	}
	if _, err := c.Write(b); err != nil {
		return nil, err
	}
	got, err := readFrame(c, mostBody)
	if err != nil {
		return nil, fmt.Errorf("what answers does not go on: %w", err)
	}
	var w welcome
	switch got.kind {
	case kindRefuse:
		return nil, f.refused(got)
	case kindWelcome:
		err = got.says(&w)
	default:
		err = errFrame
	}
	if err != nil {
		return nil, err
	}
	if !proven(c, o.Token, asLeader, w.Proof) {
		return nil, fmt.Errorf("%w: who answers at %s does not have the token", ErrRefused, o.Leader)
	}
	if f.run == "" {
		f.run, f.turns, f.setup = w.Run, w.Turns, got.body
	}
	return &link{wire: newWire(c), acked: w.Acked, due: map[string]bool{}, files: map[uint64]bool{}}, nil
}

// refused says why the leader goes no further. What cannot become better wraps ErrRefused, or ErrLost where the run goes on
// without this process.
func (f *Follower) refused(got frame) error {
	var r refuse
	if err := got.says(&r); err != nil {
		return err
	}
	o := &f.options
	switch r.Reason {
	case badToken:
		return fmt.Errorf("%w: the leader at %s has another token: give all shards the same --shard-token-file", ErrRefused, o.Leader)
	case badProtocol:
		return fmt.Errorf("%w: the leader at %s speaks version %.20q of the protocol, and this aimbench %d: run the same aimbench everywhere", ErrRefused, o.Leader, r.Here, protocol)
	case badVersion:
		return fmt.Errorf("%w: the leader at %s is aimbench %.40q, and this is %s: run the same everywhere", ErrRefused, o.Leader, r.Here, o.Version)
	case badCount:
		return fmt.Errorf("%w: the leader at %s has shards of %.20q, and this is %s: say the same count everywhere", ErrRefused, o.Leader, r.Here, o.Place)
	case badPlan:
		return fmt.Errorf("%w: this process makes another plan of the scenario than its leader: %.400q. Are the environment's variables the same?", ErrRefused, r.Here)
	case otherRun:
		return fmt.Errorf("%w: another leader than that of this run answers at %s", ErrLost, o.Leader)
	case tooLate:
		return fmt.Errorf("%w: it goes on without this shard, which %.300q", ErrLost, r.Here)
	case taken:
		return fmt.Errorf("the leader at %s has a shard %d already", o.Leader, o.Place.Index)
	}
	return fmt.Errorf("%w: by %s, for a reason that this aimbench does not know", ErrRefused, o.Leader)
}

// compare finds out what the leader's clock shows: of several answers the quickest says the most, since its question was on
// its way for half of the time at most.
func (f *Follower) compare(l *link) error {
	best := time.Duration(-1)
	for n := range pings {
		asked := f.options.Now()
		if err := l.post(kindPing, ping{n}, nil); err != nil {
			return err
		}
		got, err := readFrame(l.conn, mostBody)
		if err != nil {
			return err
		}
		var p pong
		switch {
		case got.kind == kindRefuse:
			return f.refused(got)
		case got.kind != kindPong:
			continue
		case got.says(&p) != nil || p.N != n:
			return errFrame
		}
		took := f.options.Now().Sub(asked)
		if best < 0 || took < best {
			best = took
			f.clock = event.ClockSince(asked.Add(took/2 - time.Duration(p.At)))
			f.ahead = asked.Add(took / 2).Sub(p.Now)
		}
	}
	if best < 0 {
		return errFrame
	}
	f.apart = best / 2
	return nil
}

// talk keeps up the connection with the leader until all is said, or the leader is lost.
func (f *Follower) talk(ctx context.Context, l *link) {
	defer close(f.ended)
	for {
		done := f.converse(ctx, l)
		l.close()
		l.sent.Wait()
		f.mu.Lock()
		f.connected = false
		f.mu.Unlock()
		if done || f.Err() != nil {
			return
		}
		var err error
		if l, err = f.again(ctx); err != nil {
			f.fail(err)
			return
		}
	}
}

// again reaches the leader anew.
func (f *Follower) again(ctx context.Context) (*link, error) {
	for {
		pause(ctx, between) // also where it can be reached, and hangs up each time
		l, err := f.connect(ctx)
		if err == nil || errors.Is(err, ErrRefused) || errors.Is(err, ErrLost) {
			return l, err
		}
		f.mu.Lock()
		away := time.Since(f.heard)
		f.mu.Unlock()
		if away >= f.options.Grace {
			return nil, fmt.Errorf("%w: %s was not heard of for %s: %w", ErrLost, f.options.Leader, f.options.Grace, err)
		}
	}
}

// fail ends the part of this process in the run.
func (f *Follower) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil {
		f.err = err
	}
	f.end(true)
	f.change()
}

// end says that nothing more is to start, and with now that what is under way is cut off. f.mu is held.
func (f *Follower) end(now bool) {
	stop := func(c chan struct{}) {
		select {
		case <-c:
		default:
			close(c)
		}
	}
	stop(f.stopped)
	if now {
		stop(f.cut)
	}
}

// converse talks over a connection until it breaks; true when all is said.
func (f *Follower) converse(ctx context.Context, l *link) (done bool) {
	broken := make(chan struct{})
	go func() {
		defer close(broken)
		for {
			got, err := readFrame(l.conn, mostBody)
			if err != nil || f.hear(got) != nil {
				return
			}
		}
	}()
	defer func() {
		l.close()
		<-broken
	}()
	f.mu.Lock()
	f.connected = true
	f.ack(l.acked)
	f.mu.Unlock()
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for tick := false; ; {
		done, err := f.say(l, tick)
		if done || err != nil {
			return done
		}
		select {
		case <-broken:
			return false
		case <-ctx.Done():
			return false
		case <-f.kick:
			tick = false
		case <-ticker.C:
			tick = true
		}
	}
}

// hear takes in what the leader says.
func (f *Follower) hear(got frame) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.heard = time.Now()
	defer f.change()
	switch got.kind {
	case kindPong:
		return nil
	case kindFile:
		var said file
		if err := got.says(&said); err != nil {
			return err
		}
		if asked := f.files[said.ID]; asked != nil {
			asked.done, asked.raw = true, got.body
			if said.Error != "" {
				asked.err = errors.New(said.Error)
			}
			delete(f.files, said.ID)
		}
		return nil
	case kindBegin:
		var b begin
		if err := got.says(&b); err != nil {
			return err
		}
		if _, ok := f.begun[b.Load]; !ok {
			f.begun[b.Load] = b
			f.late = max(f.late, time.Duration(f.clock.At(f.options.Now())-b.At))
		}
		return nil
	case kindAck:
		var a ack
		if err := got.says(&a); err != nil {
			return err
		}
		f.ack(a.N)
		f.wake()
		return nil
	case kindStop:
		var s stop
		if err := got.says(&s); err != nil {
			return err
		}
		f.end(s.Now)
		return nil
	case kindRefuse:
		if f.err == nil {
			f.err = f.refused(got)
		}
		f.end(true)
		return f.err
	}
	return errFrame
}

// ack knows that an upload is in. f.mu is held.
func (f *Follower) ack(n uint64) {
	f.acked = max(f.acked, n)
	if f.outstanding != nil && f.outstanding.says.N <= f.acked {
		f.bytes += uint64(len(f.outstanding.body))
		f.outstanding = nil
	}
}

// say sends what there is to say; true when that was all there ever will be.
func (f *Follower) say(l *link, tick bool) (done bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.leaving != nil {
		if l.left {
			return false, nil // the leader ends it when it has heard
		}
		l.left = true
		return false, l.post(kindLeave, f.leaving, nil)
	}
	for _, load := range f.due {
		if _, ok := f.begun[load]; ok || l.due[load] {
			continue
		}
		l.due[load] = true
		var plan []byte
		if load == "" {
			plan = f.plan
		}
		if err := l.post(kindDue, due{Load: load, Apart: f.apart}, plan); err != nil {
			return false, err
		}
	}
	for id, asked := range f.files {
		if !l.files[id] {
			l.files[id] = true
			if err := l.post(kindOpen, asked.ask, nil); err != nil {
				return false, err
			}
		}
	}
	if _, ok := f.begun[""]; !ok {
		if f.final != nil {
			return true, nil // there is nothing to hand over
		}
		if tick {
			return false, l.post(kindPing, ping{}, nil)
		}
		return false, nil
	}
	return f.hand(l, tick)
}

// hand uploads what was measured, one part after another. f.mu is held.
func (f *Follower) hand(l *link, tick bool) (done bool, err error) {
	if f.outstanding == nil {
		if f.handed {
			return true, nil
		}
		if !tick && !f.more && f.final == nil {
			return false, nil
		}
		if f.outstanding, err = f.seal(); err != nil {
			f.err = err
			f.end(true)
			f.change()
			return true, err
		}
	}
	if o := f.outstanding; l.upload < o.says.N {
		l.upload = o.says.N
		return false, l.post(kindUpload, o.says, o.body)
	}
	return false, nil
}

// seal makes the next upload.
func (f *Follower) seal() (*sealed, error) {
	ending := f.final
	take := f.take
	f.mu.Unlock() // others may look while the recorder is emptied
	part, more, err := take()
	f.mu.Lock()
	if err != nil {
		return nil, fmt.Errorf("taking what was measured: %w", err)
	}
	f.more = more
	s := &sealed{says: upload{N: f.acked + 1, Measured: len(part.Measured), Windows: part.Windows, States: part.States, Late: f.late}}
	s.body = append(part.Measured, part.Turns...)
	if ending != nil && !more {
		s.says.Final, s.says.Harness, s.says.Cut = true, ending.harness, ending.cut
		f.handed = true
	}
	return s, nil
}
