package shard

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"aimbench/engine/audit"
	"aimbench/engine/event"
	"aimbench/engine/run"
)

const (
	// pings is how often the leader is asked for its clock at first.
	pings = 12
	// between is how long a follower waits until it tries to reach its leader again.
	between = 200 * time.Millisecond
	// mostTurns bounds the turns of one upload, in bytes.
	mostTurns = 1 << 20
)

// FollowerOptions say whom a follower follows.
type FollowerOptions struct {
	Place  Place
	Leader string // HOST:PORT
	Token  []byte
	// Version is the program's.
	Version string
	// Wait is for how long the leader is looked for at first; 0 is without end. Grace is for how long it may be out of reach
	// from then on; 0 is Grace.
	Wait, Grace time.Duration
	// Dial reaches the leader; nil is the network.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
	// Now is this machine's clock; nil is time.Now.
	Now func() time.Time
	// Note is told what a user should know, in a sentence; nil is nobody.
	Note func(string)
}

// Follower is a process that runs its part of what a leader runs. It is the engine's Shard.
type Follower struct {
	options  FollowerOptions
	instance string
	run      string
	turns    Turns
	setup    []byte
	clock    event.Clock
	ahead    time.Duration
	apart    time.Duration
	ended    chan struct{} // closed when it talks no more
	kick     chan struct{} // there is something to send
	stopped  chan struct{}
	cut      chan struct{}

	mu          sync.Mutex
	changed     chan struct{} // closed at each change
	plan        []byte
	take        func() (Part, bool, error)
	due         []string // the loads that are waited for
	begun       map[string]begin
	files       map[uint64]*fetch
	lastFile    uint64
	outstanding *sealed
	acked       uint64
	bytes       uint64 // of what is acked
	late        time.Duration
	heard       time.Time
	connected   bool
	leaving     *leave
	final       *final
	more        bool // there is more to upload at once
	handed      bool // the last upload is made
	err         error
}

// fetch is a file that is asked for.
type fetch struct {
	ask  openFile
	raw  []byte
	err  error
	done bool
}

// sealed is an upload that is not known to be in.
type sealed struct {
	says upload
	body []byte
}

type final struct {
	harness audit.Facts
	cut     string
}

// Join finds the leader, proves to be one of its shards, and compares clocks. The error wraps ErrRefused where it is not
// taken, and ErrLost where there is no leader in time.
func Join(ctx context.Context, o FollowerOptions) (*Follower, error) {
	if o.Grace == 0 {
		o.Grace = Grace
	}
	if o.Dial == nil {
		o.Dial = (&net.Dialer{Timeout: silence}).DialContext
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Note == nil {
		o.Note = func(string) {}
	}
	f := &Follower{
		options: o, instance: rand.Text(), ended: make(chan struct{}), kick: make(chan struct{}, 1), stopped: make(chan struct{}),
		cut: make(chan struct{}), changed: make(chan struct{}), begun: map[string]begin{}, files: map[uint64]*fetch{},
	}
	c, err := f.find(ctx)
	if err != nil {
		return nil, err
	}
	f.heard = time.Now()
	go f.talk(context.WithoutCancel(ctx), c)
	return f, nil
}

// find tries to reach the leader until it is there.
func (f *Follower) find(ctx context.Context) (*link, error) {
	began, told := time.Now(), false
	for {
		c, err := f.connect(ctx)
		if err == nil {
			if err = f.compare(c); err == nil {
				return c, nil
			}
			c.close()
		}
		waited := time.Since(began)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, ErrRefused):
			return nil, err
		case f.options.Wait > 0 && waited >= f.options.Wait:
			return nil, fmt.Errorf("%w: nobody led at %s within %s: %w", ErrLost, f.options.Leader, f.options.Wait, err)
		case !told && waited > 2*beat:
			told = true
			f.options.Note(fmt.Sprintf("waiting for the leader at %s: %v", f.options.Leader, err))
		}
		if !pause(ctx, between) {
			return nil, ctx.Err()
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Setup is what the leader says is to run.
func (f *Follower) Setup() []byte { return f.setup }

// Turns is what of each turn the leader wants.
func (f *Follower) Turns() Turns { return f.turns }

// Clock is the leader's, as far as it is known here.
func (f *Follower) Clock() event.Clock { return f.clock }

// Ready says that this process can begin, with the plan that it made, as JSON. take gives what was measured since it was
// called before, and whether there is more to take at once; it is called once a second or so, by one goroutine.
func (f *Follower) Ready(plan []byte, take func() (Part, bool, error)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.plan, f.take = plan, take
}

// Open reads a file that a source of the scenario names, where the leader is.
func (f *Follower) Open(source int, name string) ([]byte, error) {
	f.mu.Lock()
	f.lastFile++
	asked := &fetch{ask: openFile{f.lastFile, source, name}}
	f.files[f.lastFile] = asked
	f.mu.Unlock()
	f.wake()
	if err := f.await(context.Background(), func() bool { return asked.done }); err != nil {
		return nil, err
	}
	return asked.raw, asked.err
}

// Begin makes it an engine.Shard.
func (f *Follower) Begin(ctx context.Context, load string) (event.Instant, error) {
	f.mu.Lock()
	f.due = append(f.due, load)
	f.mu.Unlock()
	f.wake()
	over := false
	err := f.await(ctx, func() bool {
		_, ok := f.begun[load]
		select {
		case <-f.stopped:
			over = !ok
		default:
		}
		return ok || over
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil:
		return 0, err
	case over && f.err != nil:
		return 0, f.err
	case over:
		return 0, errors.New("the leader ended the run before that")
	}
	return f.begun[load].At, nil
}

// Part makes it an engine.Shard.
func (f *Follower) Part() run.Part {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.begun[""].Part
}

// Began reports whether the run began.
func (f *Follower) Began() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, ok := f.begun[""]
	return ok
}

// Stopped makes it an engine.Shard.
func (f *Follower) Stopped() <-chan struct{} { return f.stopped }

// Cut is closed when what is under way is to be cut off, by the leader's word or because it is lost.
func (f *Follower) Cut() <-chan struct{} { return f.cut }

// Err says why the follower can no longer take part; nil where it can.
func (f *Follower) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Leave tells the leader that this process cannot take part, and why, and ends the talk.
func (f *Follower) Leave(why string) {
	f.mu.Lock()
	f.leaving = &leave{why}
	f.mu.Unlock()
	f.wake()
	<-f.ended
}

// Finish hands the last of what was measured to the leader, and returns when it is there. cut says why the run ended here
// before its time; empty where it did not. The error wraps ErrLost where it could not be handed over.
func (f *Follower) Finish(ctx context.Context, harness audit.Facts, cut string) error {
	f.mu.Lock()
	f.final = &final{harness, cut}
	f.mu.Unlock()
	f.wake()
	select {
	case <-f.ended:
		return f.Err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Health is how the follower's talk with its leader stands.
type Health struct {
	// Connected: there is a connection. Began: the leader said that the run has.
	Connected, Began bool
	// Uploads and Bytes count those that are in, before compression. Waiting is how long the leader has not been heard of.
	Uploads, Bytes uint64
	Waiting        time.Duration
	// Ahead is how far the time of day is ahead of the leader's. Apart is how far off that, and the leader's clock as it is
	// known here, may be.
	Ahead, Apart time.Duration
}

// Health may be called at any time.
func (f *Follower) Health() Health {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, began := f.begun[""]
	return Health{f.connected, began, f.acked, f.bytes, time.Since(f.heard), f.ahead, f.apart}
}

func (f *Follower) wake() {
	select {
	case f.kick <- struct{}{}:
	default:
	}
}

// change lets those who wait look again. f.mu is held.
func (f *Follower) change() {
	close(f.changed)
	f.changed = make(chan struct{})
}

// await waits until ready holds, which is called with f.mu held. The error says why it never will.
func (f *Follower) await(ctx context.Context, ready func() bool) error {
	for {
		f.mu.Lock()
		ok, changed, err := ready(), f.changed, f.err
		f.mu.Unlock()
		switch {
		case ok:
			return nil
		case err != nil:
			return err
		}
		select {
		case <-changed:
		case <-f.ended:
			if err := f.Err(); err != nil {
				return err
			}
			return ErrLost
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
