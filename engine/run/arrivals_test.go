package run

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"aimbench/engine/scenario"
)

func stage(target float64, ramp, hold time.Duration) scenario.Stage {
	return scenario.Stage{Target: target, Ramp: ramp, Hold: hold}
}

// times are the arrivals of a load, whose numbers must be those from 0 on.
func times(t *testing.T, l *scenario.Load) []time.Duration {
	t.Helper()
	var out []time.Duration
	for number, at := range Arrivals(l) {
		if number != int64(len(out)) {
			t.Fatalf("arrival %d has the number %d", len(out), number)
		}
		out = append(out, at.Round(time.Microsecond))
	}
	return out
}

func TestArrivalTimes(t *testing.T) {
	const ms, s = time.Millisecond, time.Second
	for _, c := range []struct {
		name string
		load scenario.Load
		want []time.Duration
	}{
		{"constant, for a time", scenario.Load{Arrival: "constant", Rate: 4, Duration: s}, []time.Duration{0, 250 * ms, 500 * ms, 750 * ms}},
		{"constant, so many", scenario.Load{Arrival: "constant", Rate: 2, Iterations: 3}, []time.Duration{0, 500 * ms, s}},
		{"one now and then", scenario.Load{Arrival: "constant", Rate: 0.1, Duration: 15 * s}, []time.Duration{0, 10 * s}},
		{"a ramp from nothing", scenario.Load{Arrival: "constant", Stages: []scenario.Stage{stage(2, 4*s, 0)}}, []time.Duration{0, 2 * s, 2828427 * time.Microsecond, 3464102 * time.Microsecond}},
		{
			"up, steady and down",
			scenario.Load{Arrival: "constant", Stages: []scenario.Stage{stage(2, 0, s), stage(0, 2*s, 0)}},
			[]time.Duration{0, 500 * ms, s, s + 585786*time.Microsecond},
		},
		{
			"nothing in between",
			scenario.Load{Arrival: "constant", Stages: []scenario.Stage{stage(1, 0, 2*s), stage(0, 0, 5*s), stage(2, 0, s)}},
			[]time.Duration{0, s, 7 * s, 7500 * ms},
		},
		{
			"warmup at the rate",
			scenario.Load{Arrival: "constant", Rate: 2, Duration: s, Warmup: 750 * ms},
			[]time.Duration{0, 500 * ms, 750 * ms, 1250 * ms},
		},
		{
			"warmup at the first stage's target, and then so many",
			scenario.Load{Arrival: "constant", Stages: []scenario.Stage{stage(2, 0, s), stage(1, 0, s)}, Warmup: s},
			[]time.Duration{0, 500 * ms, s, 1500 * ms, 2 * s},
		},
		{"warmup counts for nothing", scenario.Load{Arrival: "constant", Rate: 2, Iterations: 1, Warmup: s}, []time.Duration{0, 500 * ms, s}},
		{"replay", scenario.Load{Replay: &scenario.Replay{Times: []time.Duration{0, 0, 3 * ms}}}, []time.Duration{0, 0, 3 * ms}},
		{"no rate", scenario.Load{Arrival: "poisson", Stages: []scenario.Stage{stage(0, 0, s)}}, nil},
		{"replay of nothing", scenario.Load{Replay: &scenario.Replay{}}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, times(t, &c.load)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

// However the stages go, so many conversations arrive as there is area under their rates.
func TestTheIntegralIsExact(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var stages []scenario.Stage
		area, from := 0.0, 0.0
		for range 1 + random.IntN(6) {
			s := stage(float64(random.IntN(50)), time.Duration(random.IntN(5))*time.Second, time.Duration(random.IntN(5))*time.Second)
			area += (from+s.Target)/2*s.Ramp.Seconds() + s.Target*s.Hold.Seconds()
			from = s.Target
			stages = append(stages, s)
		}
		got := times(t, &scenario.Load{Arrival: "constant", Stages: stages})
		if want := int(math.Ceil(area)); len(got) != want {
			t.Errorf("%d arrivals under an area of %v: %v", len(got), area, stages)
		}
		if !slices.IsSorted(got) {
			t.Errorf("not in order: %v", stages)
		}
	}
}

// The gaps of random arrivals have the mean of the rate, and the variation of their kind.
func TestRandomArrivals(t *testing.T) {
	const n = 20_000
	for _, c := range []struct {
		arrival          string
		shape, variation float64 // of the gaps, squared
	}{{"poisson", 0, 1}, {"gamma", 0.5, 2}, {"gamma", 4, 0.25}} {
		got := times(t, &scenario.Load{Name: "l", Seed: 3, Arrival: c.arrival, Shape: c.shape, Rate: 10, Iterations: n})
		var sum, squares float64
		for i := range got[1:] {
			gap := (got[i+1] - got[i]).Seconds()
			sum += gap
			squares += gap * gap
		}
		mean := sum / (n - 1)
		if variation := squares/(n-1)/(mean*mean) - 1; math.Abs(mean-0.1) > 0.004 || math.Abs(variation/c.variation-1) > 0.1 {
			t.Errorf("%s %v: gaps of mean %.4f s, squared variation %.3f, want 0.1 and %v", c.arrival, c.shape, mean, variation, c.variation)
		}
	}
}

func TestArrivalsFollowFromTheSeed(t *testing.T) {
	l := scenario.Load{Name: "l", Seed: 1, Arrival: "poisson", Rate: 10, Iterations: 50}
	same, otherSeed, otherName := l, l, l
	otherSeed.Seed, otherName.Name = 2, "m"
	want := times(t, &l)
	if !slices.Equal(times(t, &same), want) {
		t.Error("the same seed gives other arrivals")
	}
	if slices.Equal(times(t, &otherSeed), want) || slices.Equal(times(t, &otherName), want) {
		t.Error("another seed, or another load, gives the same arrivals")
	}
}

// randomLoad is any open loop.
func randomLoad(random *rand.Rand) *scenario.Load {
	l := &scenario.Load{Name: "l", Seed: random.Int64(), Arrival: []string{"constant", "poisson", "gamma"}[random.IntN(3)], Shape: 0.2 + random.Float64()}
	l.Warmup = time.Duration(random.IntN(3)) * time.Second
	switch random.IntN(4) {
	case 0:
		l.Rate, l.Duration = random.Float64()*20, time.Duration(random.IntN(10_000))*time.Millisecond
	case 1:
		l.Rate, l.Iterations = random.Float64()*20, random.IntN(100)+1
	case 2:
		for range 1 + random.IntN(4) {
			l.Stages = append(l.Stages, stage(random.Float64()*20, time.Duration(random.IntN(4000))*time.Millisecond, time.Duration(random.IntN(4000))*time.Millisecond))
		}
	case 3:
		at := time.Duration(0)
		l.Replay = &scenario.Replay{}
		for range random.IntN(100) {
			l.Replay.Times = append(l.Replay.Times, at)
			at += time.Duration(random.IntN(1000)) * time.Millisecond
		}
	}
	return l
}

// However many parts a load has, together they are the whole: no arrival is missing, none comes twice, and each comes at
// its time.
func TestThePartsAreTheWhole(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		l := randomLoad(random)
		whole, together := map[int64]time.Duration{}, map[int64]time.Duration{}
		for number, at := range Arrivals(l) {
			whole[number] = at
		}
		of := 1 + random.IntN(9)
		for index := range of {
			for number, at := range (Part{index, of}).arrivals(Arrivals(l)) {
				if _, twice := together[number]; twice || number%int64(of) != int64(index) {
					t.Fatalf("part %d of %d has arrival %d, twice: %v", index, of, number, twice)
				}
				together[number] = at
			}
		}
		if d := cmp.Diff(whole, together); d != "" {
			t.Fatalf("%d parts (-whole +together):\n%s", of, d)
		}
	}
}

func TestAPartsShare(t *testing.T) {
	for n := range 20 {
		for of := 1; of < 8; of++ {
			sum := 0
			for index := range of {
				sum += Part{index, of}.of(n)
			}
			if sum != n {
				t.Errorf("%d parts of %d things have %d", of, n, sum)
			}
		}
	}
}
