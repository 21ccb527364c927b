package robot

import (
	"math/rand/v2"
	"testing"
	"time"
)

// keeps walks the limiter through poses, and holds what it gives to the limits.
func keeps(t *testing.T, l Limits, limiter *Limiter, steps int, want func(k int) Pose) {
	t.Helper()
	last, before := limiter.At(), velocity{}
	for k := range steps {
		dt := Tick + time.Duration(k%3)*time.Millisecond
		if k%50 > 40 {
			dt += time.Duration(k%7) * 10 * time.Millisecond
		}
		p := limiter.Follow(want(k), dt)
		v := velocityBetween(last, p, dt.Seconds())
		for _, r := range (use{speed: v.minus(velocity{}), smooth: v.minus(before).per(dt.Seconds())}).rates(l) {
			if r.used > r.bound*1.0001 {
				t.Fatalf("step %d: the %s is %v, over %v", k, r.limit, r.used, r.bound)
			}
		}
		if err := l.outside(p); err != nil {
			t.Fatalf("step %d: %v", k, err)
		}
		last, before = p, v
	}
}

func TestLimiterLetsWhatKeepsTheLimitsPass(t *testing.T) {
	l := DefaultLimits()
	for _, b := range Builtins {
		limiter := NewLimiter(l, Init)
		for at := time.Duration(0); at < b.Duration()+Tick; at += Tick {
			want := b.At(Init, at)
			if d := limiter.Follow(want, Tick).Distance(want); !d.Within(Distance{1e-6, 1e-6, 1e-6, 1e-6}) {
				t.Fatalf("%s at %v: it is off by %+v", b.Name, at, d)
			}
		}
	}
}

func TestLimiterKeepsTheLimitsWhateverItIsTold(t *testing.T) {
	l := DefaultLimits()
	for seed := range uint64(40) {
		draw := rand.New(rand.NewPCG(seed, 1))
		any := func(scale float64) Pose {
			var v values
			for i := range v {
				v[i] = draw.NormFloat64() * scale
				if i < 3 {
					v[i] /= 30
				}
			}
			return v.pose()
		}
		want, hold := Pose{}, 1+draw.IntN(40)
		keeps(t, l, NewLimiter(l, Init), 1500, func(k int) Pose {
			if k%hold == 0 {
				want = any([]float64{0.3, 1, 4}[draw.IntN(3)])
			}
			return want
		})
	}
}

// Once what it follows stands still, it gets there and stays, without swinging about it.
func TestLimiterArrives(t *testing.T) {
	l := DefaultLimits()
	for seed := range uint64(40) {
		draw := rand.New(rand.NewPCG(seed, 2))
		low, high := l.Low.values(), l.High.values()
		var v values
		for i := range v {
			v[i] = low[i] + (high[i]-low[i])*draw.Float64()
		}
		want := l.Clamp(v.pose())
		limiter := NewLimiter(l, Init)
		farthest := limiter.At().Distance(want)
		for range 150 {
			limiter.Follow(want, Tick)
		}
		if d := limiter.At().Distance(want); !d.Within(Distance{1e-6, 1e-6, 1e-6, 1e-6}) || !limiter.Still() {
			t.Errorf("seed %d: 3 s after a step of %+v it is off by %+v, at rates %v", seed, farthest, d, limiter.rate)
		}
	}
}

// From whatever it does, it stands after six ticks: docs/motion.md says so of a stop.
func TestLimiterBrakes(t *testing.T) {
	l := DefaultLimits()
	fastest := 0.0
	for seed := range uint64(100) {
		draw := rand.New(rand.NewPCG(seed, 3))
		limiter, want := NewLimiter(l, Init), Pose{}
		for k := range 20 + draw.IntN(100) {
			if k%10 == 0 {
				var v values
				for i := range v {
					v[i] = draw.NormFloat64()
					if i < 3 {
						v[i] /= 50
					}
				}
				want = v.pose()
			}
			limiter.Follow(want, Tick)
		}
		fastest = max(fastest, limiter.moving.turn.Length())
		for range 6 {
			limiter.Brake(Tick)
		}
		if !limiter.Still() {
			t.Errorf("seed %d: it still moves by %v", seed, limiter.rate)
		}
	}
	if fastest < 5 {
		t.Errorf("it turned by %v rad/s at most", fastest)
	}
}

func TestLimiterComesInFromOutside(t *testing.T) {
	l := DefaultLimits()
	limiter := NewLimiter(l, Pose{Head: Head{Pitch: 0.9, Yaw: 1.5, Z: -0.07}, BodyYaw: 0.1})
	last := limiter.At()
	for range 200 {
		p := limiter.Follow(Init, Tick)
		if p.Head.Pitch > last.Head.Pitch+slack || p.Head.Z < last.Head.Z-slack || p.Head.Yaw > last.Head.Yaw+slack {
			t.Fatalf("it goes from %+v to %+v", last, p)
		}
		last = p
	}
	if !last.Distance(Init).Within(Distance{1e-6, 1e-6, 1e-6, 1e-6}) {
		t.Errorf("it ends at %+v", last)
	}
}

func BenchmarkLimiter(b *testing.B) {
	g, _ := Named("happy")
	limiter := NewLimiter(DefaultLimits(), Init)
	for i := 0; b.Loop(); i++ {
		limiter.Follow(g.At(Init, time.Duration(i%90)*Tick), Tick)
	}
}
