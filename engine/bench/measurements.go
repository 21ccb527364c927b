package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"regexp"
	"time"
)

// row is a line of the table: one figure, what it is compared with, and its bound.
type row struct {
	what, ours, theirs, figure, bound string
	missed                            bool
}

// measurement makes one row or several.
type measurement struct {
	name   string
	rounds int
	run    func(ctx context.Context, b *bench, rounds int) ([]row, error)
}

func measurements() []measurement {
	return []measurement{
		{"binary", 1, binary},
		{"start", 11, start},
		{"first", 11, firstRequest},
		{"cpu", 5, cpu},
		{"ttft", 5, ttft},
		{"bias", 3, bias},
		{"memory", 3, memory},
		{"whole", 5, short},
		{"million", 1, million},
		{"reaction", 3, reaction},
	}
}

// all makes the rows of the measurements whose name matches.
func (b *bench) all(ctx context.Context, match *regexp.Regexp) (rows []row, err error) {
	for _, m := range measurements() {
		if !match.MatchString(m.name) {
			continue
		}
		if b.rounds > 0 {
			m.rounds = b.rounds
		}
		more, err := m.run(ctx, b, m.rounds)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", m.name, err)
		}
		rows = append(rows, more...)
	}
	if len(rows) == 0 {
		return nil, fmt.Errorf("no measurement matches %q", match)
	}
	return rows, nil
}

// pairs measures both sides by turns, and the other one first in every second round.
func (b *bench) pairs(what string, rounds int, ours, theirs func() (float64, error)) (o, t []float64, err error) {
	for round := range rounds {
		var x, y float64
		if round%2 == 0 {
			if y, err = theirs(); err == nil {
				x, err = ours()
			}
		} else if x, err = ours(); err == nil {
			y, err = theirs()
		}
		if err != nil {
			return nil, nil, err
		}
		fmt.Fprintf(b.log, "%s, round %d: aimbench %.4g, comparator %.4g\n", what, round+1, x, y) //nolint:errcheck // progress
		o, t = append(o, x), append(t, y)
	}
	return o, t, nil
}

// ratio makes a row of pairs whose ratio is bounded.
func ratio(what string, o, t []float64, show func(float64) string, bound string, holds func(ratio float64) bool) row {
	ratios := make([]float64, len(o))
	for i := range o {
		ratios[i] = o[i] / t[i]
	}
	r := median(ratios)
	return row{what, show(median(o)), show(median(t)), fmt.Sprintf("%.2f", r), bound, !holds(r)}
}

func atMost(limit float64) func(float64) bool  { return func(x float64) bool { return x <= limit } }
func atLeast(limit float64) func(float64) bool { return func(x float64) bool { return x >= limit } }

// The streams of the measurements that have many at once.
const (
	cpuStreams, cpuTokens       = 400, 500
	memoryStreams, memoryTokens = 5000, 40
	firstToken                  = 200 * time.Millisecond
)

func cpu(ctx context.Context, b *bench, rounds int) ([]row, error) {
	path := streamPath(firstToken, 10*time.Millisecond, cpuTokens)
	chunk := func(u usage, err error) (float64, error) {
		return float64(u.cpu.Nanoseconds()) / 1e3 / (cpuStreams * cpuTokens), err
	}
	what := fmt.Sprintf("CPU a chunk, %d streams, 10 ms a chunk", cpuStreams)
	o, t, err := b.pairs(what, rounds, func() (float64, error) {
		_, u, err := b.load(ctx, path, true, users(cpuStreams))
		return chunk(u, err)
	}, func() (float64, error) {
		s, u, err := b.comparator(ctx, "bare", path, cpuStreams)
		if want := int64(cpuStreams * (cpuTokens + eventsBesides)); err == nil && s.Events != want {
			err = fmt.Errorf("bare: %d events instead of %d", s.Events, want)
		}
		return chunk(u, err)
	})
	if err != nil {
		return nil, err
	}
	return []row{ratio(what, o, t, microseconds, "≤ 1.5 × bare reader", atMost(1.5))}, nil
}

func ttft(ctx context.Context, b *bench, rounds int) (rows []row, err error) {
	for _, c := range []struct {
		streams int
		gap     time.Duration
	}{{400, 10 * time.Millisecond}, {1500, 20 * time.Millisecond}} {
		path := streamPath(firstToken, c.gap, 64)
		what := fmt.Sprintf("TTFT p99, %d streams at once", c.streams)
		o, t, err := b.pairs(what, rounds, func() (float64, error) {
			s, _, err := b.load(ctx, path, true, users(c.streams))
			return s.Metrics["ttft"].P99, err
		}, func() (float64, error) {
			s, _, err := b.comparator(ctx, "stamps", path, c.streams)
			return s.P99, err
		})
		if err != nil {
			return nil, err
		}
		rows = append(rows, within(what, o, t))
	}
	return rows, nil
}

// The distance that a TTFT may have from that of the client that only stamps.
const (
	nearSeconds = 0.005
	nearShare   = 0.1
)

// within makes a row of pairs whose distance is bounded.
func within(what string, o, t []float64) row {
	distances, excess := make([]float64, len(o)), make([]float64, len(o))
	for i := range o {
		distances[i] = o[i] - t[i]
		excess[i] = math.Abs(distances[i]) - max(nearSeconds, nearShare*t[i])
	}
	return row{what, milliseconds(median(o)), milliseconds(median(t)), fmt.Sprintf("%+.1f ms", 1e3*median(distances)),
		"within max(5 ms, 10 %) of stamps only", median(excess) > 0}
}

// bias is how far aimbench says that it may be off, where nothing limits it.
func bias(ctx context.Context, b *bench, rounds int) ([]row, error) {
	const limit = 0.005
	path, load := streamPath(firstToken, 20*time.Millisecond, 80), "arrival = constant\n  rate = 150\n  duration = \"4s\""
	var bounds []float64
	for range rounds {
		s, _, err := b.load(ctx, path, true, load)
		if err != nil {
			return nil, err
		}
		bounds = append(bounds, s.Audit.Bias["ttft"].P99)
	}
	m := median(bounds)
	return []row{{"bias bound of TTFT p99, open loop, 270 streams in flight", milliseconds(m), "", milliseconds(m), "≤ 5 ms", m > limit}}, nil
}

func memory(ctx context.Context, b *bench, rounds int) ([]row, error) {
	// So many chunks come that the streams overlap, however long it takes to open them all.
	path := streamPath(2*time.Second, 250*time.Millisecond, memoryTokens)
	what := fmt.Sprintf("resident memory a stream, %d streams, none failed", memoryStreams)
	o, t, err := b.pairs(what, rounds, func() (float64, error) {
		_, u, err := b.load(ctx, path, true, users(memoryStreams))
		return float64(u.resident) / memoryStreams, err
	}, func() (float64, error) {
		_, u, err := b.comparator(ctx, "bare", path, memoryStreams)
		return float64(u.resident) / memoryStreams, err
	})
	if err != nil {
		return nil, err
	}
	return []row{ratio(what, o, t, kilobytes, "≤ 1.25 × bare reader", atMost(1.25))}, nil
}

const (
	wholeUsers    = 16
	wholeDuration = 4 * time.Second
)

func short(ctx context.Context, b *bench, rounds int) ([]row, error) {
	what := fmt.Sprintf("short whole replies a second, %d users", wholeUsers)
	o, t, err := b.pairs(what, rounds, func() (float64, error) {
		s, _, err := b.load(ctx, "/whole", false, fmt.Sprintf("users = %d\n  duration = %q", wholeUsers, wholeDuration))
		return s.Rates["request_rate"], err
	}, func() (float64, error) { return b.attack(ctx, "/whole", wholeUsers, wholeDuration) })
	if err != nil {
		return nil, err
	}
	return []row{ratio(what, o, t, rate, "≥ 0.7 × vegeta", atLeast(0.7))}, nil
}

func million(ctx context.Context, b *bench, _ int) ([]row, error) {
	const requests, users, limit = 1_000_000, 50, 150e6
	s, u, err := b.load(ctx, "/whole", false, fmt.Sprintf("users = %d\n  iterations = %d", users, requests))
	if err == nil && s.Requests.Succeeded != requests {
		err = fmt.Errorf("%d requests instead of %d", s.Requests.Succeeded, requests)
	}
	resident := float64(u.resident)
	return []row{{"resident memory, a million requests", megabytes(resident), "", megabytes(resident), "< 150 MB", resident >= limit}}, err
}

func start(ctx context.Context, b *bench, rounds int) ([]row, error) {
	var took []float64
	for range rounds {
		u, err := run(ctx, nil, nil, b.aimbench, "version")
		if err != nil {
			return nil, err
		}
		took = append(took, u.wall.Seconds())
	}
	m := median(took)
	return []row{{"aimbench version", milliseconds(m), "", milliseconds(m), "< 50 ms", m >= 0.05}}, nil
}

func firstRequest(ctx context.Context, b *bench, rounds int) ([]row, error) {
	var took []float64
	for range rounds {
		var s summary
		executed := time.Now()
		if _, err := run(ctx, &s, nil, b.aimbench, "run", "--format", "json", "scenarios/smoke.hcl"); err != nil {
			return nil, err
		}
		if len(s.Turns) == 0 || len(s.Turns[0].Requests) == 0 {
			return nil, fmt.Errorf("no request in the report")
		}
		took = append(took, s.Start.Sub(executed).Seconds()+s.Turns[0].Requests[0].Sent)
	}
	m := median(took)
	return []row{{"exec to first request, scenarios/smoke.hcl", milliseconds(m), "", milliseconds(m), "< 150 ms", m >= 0.15}}, nil
}

// reaction is how soon embedded robots move after a prompt.
func reaction(ctx context.Context, b *bench, rounds int) ([]row, error) {
	const limit = 0.1
	var slowest []float64
	for range rounds {
		var s summary
		if _, err := run(ctx, &s, nil, b.aimbench, "run", "--format", "json", "--var", "robots=4", "--var", "duration=15s", "scenarios/fleet.hcl"); err != nil {
			return nil, err
		}
		slowest = append(slowest, s.Metrics["reaction"].P99)
	}
	m := median(slowest)
	return []row{{"reaction p99, 4 embedded robots", milliseconds(m), "", milliseconds(m), "≤ 100 ms", m > limit}}, nil
}

func binary(_ context.Context, b *bench, _ int) ([]row, error) {
	info, err := os.Stat(b.aimbench)
	if err != nil {
		return nil, err
	}
	size := float64(info.Size())
	return []row{{"size of the binary", megabytes(size), "", megabytes(size), "< 40 MB", size >= 40e6}}, nil
}
