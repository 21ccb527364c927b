package shard_test

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/shard"
)

// toxic is a network on loopback through which one shard reaches its leader.
type toxic struct {
	*testing.T
	*toxiproxy.Proxy
}

func newToxic(t *testing.T, leader string) toxic {
	t.Helper()
	p := toxiproxy.NewProxy(toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop()), "shard", "127.0.0.1:0", leader)
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	return toxic{t, p}
}

// add has what goes to the leader ("upstream") or comes from it ("downstream") suffer, until it is mended.
func (n toxic) add(stream, kind, attributes string) {
	n.Helper()
	_, err := n.Toxics.AddToxicJson(strings.NewReader(fmt.Sprintf(`{"stream": %q, "type": %q, "attributes": {%s}}`, stream, kind, attributes)))
	if err != nil {
		n.Error(err)
	}
}

func (n toxic) mend() { n.Toxics.ResetToxics(n.Context()) }

// cut loses whatever is sent, and lets nobody know.
func (n toxic) cut() {
	n.add("upstream", "timeout", `"timeout": 0`)
	n.add("downstream", "timeout", `"timeout": 0`)
}

// began waits until the load has begun.
func (c *cluster) began() {
	for {
		c.mu.Lock()
		n := len(c.turns)
		c.mu.Unlock()
		if n > 0 || c.Context().Err() != nil {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// atOnce runs tests that mostly wait, however few processors there are.
func atOnce(t *testing.T, tests map[string]func(*testing.T)) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	t.Parallel()
	var all sync.WaitGroup
	defer all.Wait()
	for name, test := range tests {
		all.Go(func() { t.Run(name, test) })
	}
}

// What a network does to shards, over real connections: cut off for a while, reset, slow, cut off for good. What else moves a run
// on a busy machine does not matter here.
func TestShardsOverABadNetwork(t *testing.T) {
	p := compile(t, fmt.Sprintf(load, "", "arrival = poisson\n rate = 25\n duration = \"7s\"", "2s", ""))
	want := alone(t, p).Requests.Offered
	atOnce(t, map[string]func(*testing.T){
		"cut for 5 s": func(t *testing.T) {
			c, n := overToxic(t, p)
			c.during = func(c *cluster) {
				c.began()
				n.cut()
				time.Sleep(5 * time.Second)
				n.mend()
			}
			c.staysWhole(want)
		},
		"reset again and again": func(t *testing.T) {
			c, n := overToxic(t, p)
			c.during = func(c *cluster) {
				c.began()
				for range 4 {
					n.Stop()
					time.Sleep(300 * time.Millisecond)
					if err := n.Start(); err != nil {
						n.Error(err)
					}
					time.Sleep(700 * time.Millisecond)
				}
			}
			c.staysWhole(want)
		},
		"slow": func(t *testing.T) {
			c, n := overToxic(t, p)
			n.add("upstream", "latency", `"latency": 60, "jitter": 20`)
			c.during = func(c *cluster) {
				c.began()
				n.add("upstream", "bandwidth", `"rate": 8`)
			}
			c.staysWhole(want)
		},
		"cut for good": func(t *testing.T) {
			c, n := overToxic(t, p)
			c.grace = 2 * time.Second
			c.during = func(c *cluster) {
				c.began()
				n.cut()
			}
			c.lead(t)
			if lost := c.shards.Lost; len(lost) != 1 || lost[0] != (measure.LostShard{Index: 2, Why: "was not heard of for 2s"}) {
				t.Errorf("%+v", lost)
			}
			if c.summary.ExitCode != measure.ExitInvalid || c.errs[1] != nil || !errors.Is(c.errs[2], shard.ErrLost) {
				t.Errorf("%d %s: %v", c.summary.ExitCode, c.summary.Reason, c.errs)
			}
		},
	})
}

// overToxic is a run of three shards, of which the last reaches its leader over a network that can suffer.
func overToxic(t *testing.T, p *plan.Plan) (*cluster, toxic) {
	t.Helper()
	up, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n := newToxic(t, up.Addr().String())
	return &cluster{T: t, plan: p, of: 3, net: &network{T: t, up: up}, options: func(o *shard.FollowerOptions) {
		o.Dial, o.Leader = nil, up.Addr().String()
		if o.Place.Index == 2 {
			o.Leader = n.Listen
		}
	}}, n
}

// staysWhole holds that nobody is lost, and nothing of what was measured.
func (c *cluster) staysWhole(want int) {
	c.Helper()
	c.lead(c.T)
	if len(c.shards.Lost) > 0 {
		c.Errorf("%+v", c.shards.Lost)
	}
	c.whole(want)
	c.allWell()
}

// A clock that is 3 s off is corrected by what is found out over a slow network, and no further off than is said.
func TestAClockIsOffOverASlowNetwork(t *testing.T) {
	for _, off := range []time.Duration{3 * time.Second, -3 * time.Second} {
		up, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		n, c, clock := newToxic(t, up.Addr().String()), &cluster{}, event.NewClock()
		n.add("upstream", "latency", `"latency": 30, "jitter": 20`)
		l, err := shard.Lead(up, shard.LeaderOptions{Of: 2, Token: token, Clock: clock, Note: c.note})
		if err != nil {
			t.Fatal(err)
		}
		now := func() time.Time { return time.Now().Add(off) }
		f, err := shard.Join(t.Context(), shard.FollowerOptions{Place: shard.Place{Index: 1, Of: 2}, Leader: n.Listen, Token: token, Now: now})
		if err != nil {
			t.Fatal(err)
		}
		apart := event.Instant(f.Health().Apart)
		from := clock.Now()
		there := f.Clock().At(now())
		if to := clock.Now(); there < from-apart || there > to+apart {
			t.Errorf("%v: it is %v to %v at the leader's, and %v where %v is known", off, from, to, there, apart)
		}
		if !c.noted("the time of day of shard 1 is off by") {
			t.Errorf("%q", c.notes)
		}
		f.Leave("the test is over")
		l.Close()
	}
}

// A leader that is killed is lost to its followers, whether or not another process is there in its place.
func TestALeaderIsKilled(t *testing.T) {
	killed := func(again bool, want string) func(*testing.T) {
		return func(t *testing.T) {
			first := startLeader(t, "127.0.0.1:0")
			f, err := shard.Join(t.Context(), shard.FollowerOptions{
				Place: shard.Place{Index: 1, Of: 2}, Leader: newToxic(t, first.at).Listen, Token: token, Wait: 10 * time.Second, Grace: 3 * time.Second,
			})
			if err != nil {
				t.Fatal(err)
			}
			f.Ready([]byte(`{}`), func() (shard.Part, bool, error) { return shard.Part{}, false, nil })
			if _, err := f.Begin(t.Context(), ""); err != nil {
				t.Fatal(err)
			}
			first.kill()
			if again {
				startLeader(t, first.at)
			}
			<-f.Cut()
			if err := f.Err(); !errors.Is(err, shard.ErrLost) || !strings.Contains(err.Error(), want) {
				t.Errorf("%v", err)
			}
		}
	}
	atOnce(t, map[string]func(*testing.T){
		"and started again": killed(true, "another leader than that of this run answers"),
		"for good":          killed(false, "was not heard of for 3s"),
	})
}
