package run

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"aimbench/engine/event"
	"aimbench/engine/scenario"
)

// Loads runs loads side by side, or one after another where they say so.
type Loads struct {
	// Session makes a session of a conversation. It is used for one run of it after another; each gets its own Site.
	Session func(*scenario.Conversation) *Session
	Clock   event.Clock
	Sink    event.Sink
	// Windows is told when a load wants turns: when it begins, and again when its schedule has ended; nil is nobody.
	Windows func([]event.Window)
	// Part is what of the loads runs here; the zero Part is all.
	Part Part
	// Begin waits until every process that has a part of the loads is ready for one, and says when it begins; with an empty
	// name, for those that do not come after another. nil begins at once.
	Begin func(ctx context.Context, load string) (event.Instant, error)

	loads []*load
}

// State is how far a load is.
type State struct {
	Load string
	// Began and Ended are 0 before they come.
	Began, Ended event.Instant
	// Elapsed is how long it has run, or ran; Length how long it takes, warmup included, or 0 where it ends when its
	// conversations have.
	Elapsed, Length time.Duration
	// Iterations is how many conversations it starts; 0 where its length says.
	Iterations int64
	// Stage is the one that it is in; Warmup says that it comes before the first.
	Stage  string
	Warmup bool
	// Offered, Dropped and InFlight count conversations.
	Offered, Dropped, InFlight int64
}

// NewLoads prepares loads.
func NewLoads(loads []*scenario.Load) *Loads {
	l := &Loads{}
	by := map[*scenario.Load]*load{}
	for _, s := range loads {
		by[s] = newLoad(s, l)
		l.loads = append(l.loads, by[s])
	}
	for _, one := range l.loads {
		one.after = by[one.After]
	}
	return l
}

// Run runs the loads until each has ended. The end of schedule, which must be ctx or
// come of it, lets no further conversation start and gives those in flight the graceful stop of their load; the end of
// ctx cuts them off.
func (l *Loads) Run(ctx, schedule context.Context) {
	start, ok := l.begin(schedule, "")
	if !ok {
		return
	}
	var all sync.WaitGroup
	for _, one := range l.loads {
		all.Go(func() {
			defer close(one.done)
			one.run(ctx, schedule, start)
		})
	}
	all.Wait()
}

// begin is when a load begins, and false where it does not.
func (l *Loads) begin(ctx context.Context, load string) (event.Instant, bool) {
	if l.Begin == nil {
		return l.Clock.Now(), true
	}
	at, err := l.Begin(ctx, load)
	return at, err == nil
}

// States are how far the loads are. It may be called while they run.
func (l *Loads) States() []State {
	out, now := make([]State, len(l.loads)), l.Clock.Now()
	for i, one := range l.loads {
		out[i] = one.state(now)
	}
	return out
}

// Notes says, after the loads have run, what a user should know of them, in sentences.
func (l *Loads) Notes() []string {
	var out []string
	for _, one := range l.loads {
		if one.exhausted.Load() {
			out = append(out, fmt.Sprintf("load %s ended early: its dataset had no more rows, and on_end = stop", one.Name))
		}
		for _, d := range one.datasets() {
			if rows, numbers := int64(d.Rows.Len()), one.numbers.Load(); d.Wrap && rows > 0 && numbers > rows {
				out = append(out, fmt.Sprintf("load %s used the %d rows of dataset %s %.3g times over", one.Name, rows, d.Name, float64(numbers)/float64(rows)))
			}
		}
	}
	return out
}

// load is a load that runs.
type load struct {
	*scenario.Load
	set   *Loads
	after *load
	mix   mix
	table *timetable
	// end lets no further conversation start.
	end context.CancelFunc

	done   chan struct{} // closed when the load has ended
	flying sync.WaitGroup

	began, ended               atomic.Int64 // instants
	numbers                    atomic.Int64 // one more than the highest number of a conversation that began
	offered, dropped, inFlight atomic.Int64
	exhausted                  atomic.Bool
}

func newLoad(s *scenario.Load, set *Loads) *load {
	return &load{Load: s, set: set, mix: newMix(s.Mix), done: make(chan struct{})}
}

// run waits for the load's turn and runs it.
func (o *load) run(ctx, schedule context.Context, start event.Instant) {
	if o.after != nil {
		select {
		case <-o.after.done:
		case <-schedule.Done():
			return
		}
		var ok bool
		if start, ok = o.set.begin(schedule, o.Name); !ok {
			return
		}
	}
	start = start.Add(o.Start)
	if !o.until(schedule, start) {
		return
	}
	o.began.Store(int64(start))
	o.table = newTimetable(o.Load, start)
	o.announce(o.table.windows())
	schedule, o.end = context.WithCancel(schedule)
	defer o.end()
	sessions, cut := context.WithCancel(ctx)
	defer cut()
	if o.Users > 0 {
		o.closed(schedule, sessions)
	} else {
		o.open(schedule, sessions)
	}
	if o.table.length > 0 { // else the last conversation is part of what was wanted
		stopped := o.set.Clock.Now()
		o.table.end(stopped)
		o.announce(o.table.endedAt(stopped))
	}
	o.settle(cut)
	now := o.set.Clock.Now()
	o.ended.Store(int64(now))
	if o.table.length == 0 {
		o.announce(o.table.endedAt(now))
	}
}

func (o *load) announce(windows []event.Window) {
	if o.set.Windows != nil {
		o.set.Windows(windows)
	}
}

// settle gives the conversations in flight the time to end that they have, and cuts off the others.
func (o *load) settle(cut func()) {
	ended := make(chan struct{})
	go func() {
		o.flying.Wait()
		close(ended)
	}()
	patience := time.NewTimer(o.GracefulStop)
	defer patience.Stop()
	select {
	case <-ended:
	case <-patience.C:
		cut()
		<-ended
	}
}

// open starts a conversation at each arrival, whether or not others have ended. One that is late starts at once; none is
// left out.
func (o *load) open(schedule, sessions context.Context) {
	for number, at := range o.set.Part.arrivals(Arrivals(o.Load)) {
		intended := o.table.start.Add(at)
		if !o.until(schedule, intended) {
			return
		}
		o.offer(number)
		if limit := o.set.Part.of(o.MaxInFlight); o.MaxInFlight > 0 && o.inFlight.Load() >= int64(limit) {
			o.drop(number, intended)
			continue
		}
		o.inFlight.Add(1)
		o.flying.Go(func() { o.converse(sessions, number, intended) })
	}
	o.until(schedule, o.table.start.Add(o.table.length))
}

// closed has each user start a conversation when the last one ended.
func (o *load) closed(schedule, sessions context.Context) {
	c := newCrew(o.Load, o.set.Part)
	c.spent = o.end
	if c.bounded && c.left == 0 {
		return // others have them all
	}
	for user := range c.users {
		if schedule.Err() != nil {
			return // stopped while they still come
		}
		if o.set.Part.has(int64(user)) {
			o.flying.Go(func() { o.user(schedule, sessions, c, user) })
		}
	}
	if o.table.length > 0 {
		o.until(schedule, o.table.start.Add(o.table.length))
		return
	}
	<-schedule.Done()
}

func (o *load) user(schedule, sessions context.Context, c *crew, user int) {
	free := o.table.start
	for {
		at, ok := c.start(user, time.Duration(free-o.table.start))
		if !ok || !o.until(schedule, o.table.start.Add(at)) {
			return
		}
		number, ok := c.take(at)
		if !ok {
			return
		}
		o.offer(number)
		o.inFlight.Add(1)
		free = o.converse(sessions, number, o.table.start.Add(at))
	}
}

// converse runs a conversation, and returns when its user is free again.
func (o *load) converse(ctx context.Context, number int64, intended event.Instant) event.Instant {
	defer o.inFlight.Add(-1)
	site := o.site(number)
	m := o.mix.pick(site)
	s, _ := m.sessions.Get().(*Session)
	if s == nil {
		s = o.set.Session(m.conversation)
	}
	s.Site, s.Place, s.Later = site, o.table.Place, o.flying.Go
	free, ok := s.Run(ctx, intended)
	m.sessions.Put(s)
	if !ok {
		o.exhausted.Store(true)
		o.end()
	}
	return free
}

// datasets are those that the load's conversations draw rows from.
func (o *load) datasets() []*scenario.Dataset {
	var out []*scenario.Dataset
	for _, m := range o.mix {
		for _, d := range m.conversation.Datasets {
			if !slices.Contains(out, d) {
				out = append(out, d)
			}
		}
	}
	return out
}

// offer counts a conversation that is due.
func (o *load) offer(number int64) {
	o.offered.Add(1)
	for {
		most := o.numbers.Load()
		if number < most || o.numbers.CompareAndSwap(most, number+1) {
			return
		}
	}
}

// drop records a conversation that found as many others in flight as there may be.
func (o *load) drop(number int64, intended event.Instant) {
	o.dropped.Add(1)
	c := o.mix.pick(o.site(number)).conversation
	t := event.Turn{
		Load: o.Name, Session: number, Conversation: c.Name, Turn: c.Turns[0].Name, Endpoint: c.Endpoint.Name,
		Intended: intended, End: o.set.Clock.Now(), ExpectFailure: c.Turns[0].ExpectFailure, Class: event.Dropped,
	}
	t.Stage, t.Warmup, t.After = o.table.Place(intended)
	o.set.Sink.Record(&t)
}

func (o *load) site(number int64) scenario.Site {
	return scenario.Site{Seed: o.Seed, Load: o.Name, Session: number}
}

// until waits for an instant; false where ctx ended first.
func (o *load) until(ctx context.Context, at event.Instant) bool {
	return wait(ctx, time.Duration(at-o.set.Clock.Now()))
}
