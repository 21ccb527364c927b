package measure

import (
	"strings"
	"testing"
	"time"

	"aimbench/engine/audit"
	"aimbench/engine/event"
)

func known[T any](x T) *T { return &x }

// turnsOf makes n turns: ttft from sent is 300 ms, and of the first few it was stamped up to late later, or they left so
// much later.
func turnsOf(n, few int, change func(*event.Turn)) []*event.Turn {
	var out []*event.Turn
	for i := range n {
		t := spoken()
		t.Dispatched, t.Requests[0].Reused = t.Intended, true
		t.Requests[0].Dispatched, t.Requests[0].Sent = t.Dispatched, t.Dispatched
		t.Requests[0].FirstToken = t.Dispatched.Add(300 * time.Millisecond)
		t.Requests[0].FirstAnswer = t.Requests[0].FirstToken
		if i < few {
			change(t)
		}
		out = append(out, t)
	}
	return out
}

func stamped(late time.Duration) func(*event.Turn) {
	return func(t *event.Turn) { t.Requests[0].LateBound = late }
}

// left makes a turn leave later, and come later by as much.
func left(late time.Duration) func(*event.Turn) {
	return func(t *event.Turn) {
		t.Dispatched = t.Dispatched.Add(late)
		r := &t.Requests[0]
		for _, at := range []*event.Instant{&r.Dispatched, &r.Connected, &r.Sent, &r.FirstToken, &r.FirstAnswer, &r.LastToken, &r.End, &t.End} {
			*at = at.Add(late)
		}
	}
}

func TestValidity(t *testing.T) {
	ttft := func(q, max float64, o event.Origin) []Objective {
		return []Objective{{SLO: "s", Name: "fast", Fn: "p", Metric: "ttft", Q: q, Unit: "seconds", Max: &max, Origin: o}}
	}
	tpot := func(max float64) []Objective {
		return []Objective{{SLO: "s", Name: "steady", Fn: "p", Metric: "tpot", Q: 50, Unit: "seconds", Max: &max, Origin: event.FromSent}}
	}
	min := 0.9
	goodput := []Objective{{SLO: "s", Name: "good", Fn: "goodput", Unit: Share, Min: &min, Origin: event.FromSent,
		condition: func(f Facts) bool { return f["ttft"] <= 0.29 }}}
	sent, intended := event.FromSent, event.FromIntended
	const ours = "this machine, not the server, was the bottleneck: "
	for _, c := range []struct {
		what       string
		single     bool
		origin     event.Origin
		objectives []Objective
		turns      []*event.Turn
		code       int
		why        string
	}{
		{"on time", false, sent, nil, turnsOf(1000, 0, nil), 0, ""},
		{"one in a hundred is biased", false, sent, nil, turnsOf(1000, 10, stamped(time.Second)), 0, ""},
		{"more are biased", false, sent, nil, turnsOf(1000, 20, stamped(100*time.Millisecond)), 96, "TTFT may be up to 100 ms too high"},
		{"by less than a twentieth of the median", false, sent, nil, turnsOf(1000, 900, stamped(15*time.Millisecond)), 0, ""},
		{"by more", false, sent, nil, turnsOf(1000, 900, stamped(16*time.Millisecond)), 96, "TTFT may be up to 16 ms too high"},
		{"a few of few", false, sent, nil, turnsOf(20, 4, stamped(time.Second)), 0, ""},
		{"late, though none asks", false, sent, nil, turnsOf(1000, 900, left(50*time.Millisecond)), 0, ""},
		{"late where the schedule counts", false, intended, nil, turnsOf(1000, 20, left(50*time.Millisecond)), 96,
			"2 % of the turns left more than 15 ms late"},
		{"an objective that the bias cannot change", false, sent, ttft(50, 0.29, sent), turnsOf(1000, 400, stamped(250*time.Millisecond)), 99, ""},
		{"an objective that it can", false, sent, ttft(50, 0.29, sent), turnsOf(1000, 600, stamped(15*time.Millisecond)), 96,
			"TTFT may be up to 15 ms too high, which could change s/fast"},
		{"an objective that is kept all the same", false, sent, ttft(50, 0.31, sent), turnsOf(1000, 900, stamped(250*time.Millisecond)), 0, ""},
		{"tokens that seem faster than they are", false, sent, tpot(0.046), turnsOf(1000, 900, stamped(100*time.Millisecond)), 96,
			"TPOT may be up to 25 ms too low, which could change s/steady"},
		{"a condition that it can change", false, sent, goodput, turnsOf(1000, 950, stamped(20*time.Millisecond)), 96,
			"TTFT may be up to 20 ms too high, which could change s/good"},
		{"a condition that it cannot", false, sent, goodput, turnsOf(1000, 800, stamped(20*time.Millisecond)), 99, ""},
		{"a single run that nobody judges", true, sent, nil, turnsOf(20, 20, stamped(time.Second)), 0, ""},
		{"a single run that is judged", true, sent, ttft(100, 0.29, sent), turnsOf(1, 1, stamped(20*time.Millisecond)), 96,
			"TTFT may be up to 20 ms too high, which could change s/fast"},
		{"no port left", false, sent, ttft(50, 0.31, sent), turnsOf(100, 5, func(t *event.Turn) {
			*t = *silent(event.Dial)
			t.Requests[0].OwnFault = true
		}), 96, "5 turns could not be sent"},
	} {
		t.Run(c.what, func(t *testing.T) {
			rec := New(Rules{Single: c.single, Origin: c.origin, Objectives: c.objectives}, nil)
			for _, turn := range c.turns {
				rec.Record(turn)
			}
			s := rec.Judge(Ending{})
			if s.ExitCode != c.code {
				t.Fatalf("%d %q, want %d", s.ExitCode, s.Reason, c.code)
			}
			if c.why != "" && (s.Reason != ours+c.why || s.Audit == nil || s.Audit.Valid || s.Audit.Why != s.Reason || s.Audit.Cause == "" || s.Audit.Do == "") {
				t.Errorf("%q: %+v", s.Reason, s.Audit)
			}
			if c.why == "" && (c.single != (s.Audit == nil) || s.Audit != nil && (!s.Audit.Valid || s.Audit.Why+s.Audit.Cause+s.Audit.Do != "")) {
				t.Errorf("%+v", s.Audit)
			}
		})
	}
}

func TestCauses(t *testing.T) {
	healthy := func(change func(*audit.Facts)) *audit.Facts {
		f := &audit.Facts{
			Duration: time.Minute, Allowed: 2, Cores: known(0.5), Quota: known(2.0), Throttled: known(0.0), Starved: known(0.1),
			Stolen: known(0.0), GCShare: known(0.02), Pauses: &audit.Spread{Count: 9, P99: 1e-4, Max: 2e-4},
			Scheduler: &audit.Spread{Count: 99, P99: 1e-4, Max: 1e-3}, Descriptors: known(int64(50)), DescriptorLimit: known(int64(1024)),
			Sockets: known(int64(90)), Ports: known(int64(28232)), Memory: known(int64(1 << 20)), MemoryLimit: known(int64(1 << 30)),
		}
		change(f)
		return f
	}
	for _, c := range []struct {
		what      string
		facts     *audit.Facts
		unable    bool
		cause, do string
	}{
		{"nothing", healthy(func(*audit.Facts) {}), false, "none of what was watched explains it", "use fewer streams"},
		{"nothing known", &audit.Facts{}, true, "none of what was watched explains it", "use fewer streams"},
		{"a limit", healthy(func(f *audit.Facts) { f.Throttled, f.Quota = known(0.38), known(1.0) }), false,
			"throttled in 38 % of its periods by a CPU limit of 1 core", "raise the limit to about 2 cores, or use fewer streams"},
		{"a tiny limit", healthy(func(f *audit.Facts) { f.Throttled, f.Quota = known(0.98), known(0.1) }), false,
			"throttled in 98 % of its periods by a CPU limit of 0.1 cores", "raise the limit to about 0.4 cores, or use fewer streams"},
		{"a busy machine", healthy(func(f *audit.Facts) { f.Cores = known(1.93) }), false,
			"1.9 of 2 cores were busy on average", "use a machine with more cores, or use fewer streams"},
		{"neighbours", healthy(func(f *audit.Facts) { f.Starved = known(1.7) }), false,
			"other processes held the processors: on average 1.7 threads were ready to run and had none", "leave this machine to aimbench, or use fewer streams"},
		{"a hypervisor", healthy(func(f *audit.Facts) { f.Stolen = known(0.2) }), false,
			"the hypervisor gave 20 % of the machine's time to others", "use a machine of its own, or use fewer streams"},
		{"garbage", healthy(func(f *audit.Facts) { f.GCShare = known(0.4) }), false,
			"40 % of the processors' time went into collecting garbage", "set GOGC=400 where there is memory, or use fewer streams"},
		{"pauses", healthy(func(f *audit.Facts) { f.Pauses.P99, f.Pauses.Max = 0.02, 1.5 }), false,
			"the garbage collector stopped everything for up to 1.5 s", "use fewer streams"},
		{"latency", healthy(func(f *audit.Facts) { f.Scheduler.P99 = 0.02 }), false,
			"what was ready to run waited 20 ms for a processor (p99)", "use fewer streams"},
		{"descriptors", healthy(func(f *audit.Facts) { f.Descriptors, f.Throttled = known(int64(1024)), known(0.5) }), true,
			"1,024 of 1,024 file descriptors were open", "raise the limit (ulimit -n), or use fewer streams"},
		{"ports", healthy(func(f *audit.Facts) { f.Sockets = known(int64(28000)) }), true,
			"28,000 TCP sockets with 28,232 ports for outgoing connections", "widen net.ipv4.ip_local_port_range, or use fewer streams"},
		{"memory", healthy(func(f *audit.Facts) { f.Memory = known(int64(1 << 30)) }), false,
			"100 % of the memory limit was in use", "raise the memory limit, or use fewer streams"},
	} {
		t.Run(c.what, func(t *testing.T) {
			cause, do := causeOf(c.facts, c.unable)
			if cause != c.cause || do != c.do {
				t.Errorf("%q, %q\nwant %q, %q", cause, do, c.cause, c.do)
			}
		})
	}
	rows := rowsOf(healthy(func(f *audit.Facts) { f.Steps, f.Throttled = 2, known(0.5) }))
	var names []string
	for _, row := range rows {
		names = append(names, row.Name)
		if row.OK == (row.Name == "throttled") || row.About == "" {
			t.Errorf("%+v", row)
		}
	}
	if got := strings.Join(names, ", "); got != "throttled, processors busy, threads without a processor, stolen time, garbage collection, "+
		"collector's pauses p99, scheduler latency p99, descriptors, TCP sockets, memory, wall clock steps" {
		t.Error(got)
	}
}
