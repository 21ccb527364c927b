package run

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aimbench/engine/scenario"
)

func TestUsersComeAndGo(t *testing.T) {
	const s, never = time.Second, time.Duration(-1)
	rising := scenario.Load{Users: 2, Stages: []scenario.Stage{stage(6, 4*s, 2*s), stage(1, 5*s, s), stage(4, 0, s)}}
	for _, c := range []struct {
		name string
		load scenario.Load
		user int
		free time.Duration
		want time.Duration
	}{
		{"there from the first", scenario.Load{Users: 3, Duration: 10 * s}, 2, 0, 0},
		{"free in the middle", scenario.Load{Users: 3, Duration: 10 * s}, 2, 4 * s, 4 * s},
		{"free at the end", scenario.Load{Users: 3, Duration: 10 * s}, 2, 10 * s, never},
		{"no such user", scenario.Load{Users: 3, Duration: 10 * s}, 3, 0, never},
		{"so many conversations, however long it takes", scenario.Load{Users: 3, Iterations: 5}, 2, 1000 * time.Hour, 1000 * time.Hour},
		{"warmup", scenario.Load{Users: 3, Warmup: 5 * s, Duration: 10 * s}, 0, 14 * s, 14 * s},
		{"warmup and end", scenario.Load{Users: 3, Warmup: 5 * s, Duration: 10 * s}, 0, 15 * s, never},
		{"before the ramp", rising, 1, 0, 0},
		{"first on the ramp", rising, 2, 0, 0},
		{"on the ramp", rising, 4, 0, 2 * s},
		{"last on the ramp", rising, 5, 0, 3 * s},
		{"free on the way down, with room", rising, 2, 8 * s, 8 * s},
		{"free on the way down, without", rising, 5, 8 * s, never},
		{"back in a later stage", rising, 3, 10 * s, 12 * s},
		{"the first stays", rising, 0, 11500 * time.Millisecond, 11500 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			at, ok := newCrew(&c.load, Part{}).start(c.user, c.free)
			if !ok {
				at = never
			}
			if at != c.want {
				t.Errorf("user %d, free at %v, starts at %v, want %v", c.user, c.free, at, c.want)
			}
		})
	}
}

func TestHowManyUsers(t *testing.T) {
	const s = time.Second
	for _, c := range []struct {
		load scenario.Load
		want int
	}{
		{scenario.Load{Users: 7, Duration: s}, 7},
		{scenario.Load{Users: 7, Iterations: 3}, 7},
		{scenario.Load{Users: 7, Stages: []scenario.Stage{stage(2.5, 0, s)}}, 3},
		{scenario.Load{Users: 7, Stages: []scenario.Stage{stage(2, s, s)}}, 7},
		{scenario.Load{Users: 7, Warmup: s, Stages: []scenario.Stage{stage(2, 0, s)}}, 7},
		{scenario.Load{Users: 1, Stages: []scenario.Stage{stage(9, s, 0)}}, 9},
		{scenario.Load{Users: 1, Stages: []scenario.Stage{stage(0, 0, s)}}, 0},
	} {
		if got := newCrew(&c.load, Part{}).users; got != c.want {
			t.Errorf("%+v: %d users, want %d", c.load, got, c.want)
		}
	}
}

// The parts of a closed loop give out every number once, and no more conversations than the whole.
func TestThePartsOfACrewAreTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	for range 300 {
		l := &scenario.Load{Users: 1 + random.IntN(12), Iterations: 1 + random.IntN(60), Warmup: time.Second}
		of := 1 + random.IntN(6)
		together, spent := map[int64]bool{}, 0
		for index := range of {
			c := newCrew(l, Part{index, of})
			c.spent = func() { spent++ }
			if (Part{index, of}).of(c.users) == 0 {
				continue // nobody takes
			}
			for number, ok := c.take(time.Second); ok; number, ok = c.take(time.Second) {
				together[number] = true
			}
		}
		want := map[int64]bool{}
		for n := range l.Iterations {
			want[int64(n)] = true
		}
		if d := cmp.Diff(want, together); d != "" {
			t.Fatalf("%d parts of %d users (-want +got):\n%s", of, l.Users, d)
		}
	}
}

func TestWarmupCountsForNothing(t *testing.T) {
	c := newCrew(&scenario.Load{Users: 2, Iterations: 2, Warmup: time.Second}, Part{})
	spent := 0
	c.spent = func() { spent++ }
	var got []bool
	for _, at := range []time.Duration{0, 0, time.Second - 1, time.Second, time.Second, time.Second} {
		_, ok := c.take(at)
		got = append(got, ok)
	}
	if d := cmp.Diff([]bool{true, true, true, true, true, false}, got); d != "" || spent != 1 {
		t.Errorf("spent %d times (-want +got):\n%s", spent, d)
	}
}
