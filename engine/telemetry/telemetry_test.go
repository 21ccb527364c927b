package telemetry_test

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"go.uber.org/goleak"

	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/metric"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
	"aimbench/engine/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const loaded = `
endpoint "aim" {
  simulator {}
  timeout = "15m"
}
robot "reachy" {
  simulator {}
}
conversation "ask" {
  endpoint = endpoint.aim
  robot    = robot.reachy
  turn "first" {
    user = "Hello"
  }
  turn "second" {
    user = "Again"
  }
}
load "steady" {
  mix {
    conversation = conversation.ask
  }
  arrival  = constant
  rate     = 1
  duration = "1s"
}
slo "s" {
  objective "ttft" {
    value = p(metric.ttft, 95)
    max   = "400ms"
  }
  objective "tokens" {
    value = p(metric.output_tokens, 50)
    min   = 12
  }
  objective "errors" {
    value = share(metric.error)
    max   = 0.01
  }
}
`

const single = `
endpoint "aim" {
  simulator {}
}
conversation "ask" {
  endpoint = endpoint.aim
  turn "first" {
    user = "Hello"
  }
}
`

func compiled(t testing.TB, text string) *plan.Plan {
	t.Helper()
	path := filepath.Join(t.TempDir(), "steady.hcl")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s, diags := scenario.Read([]string{path}, scenario.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	p, diags := plan.Compile(s, plan.Options{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return p
}

// get asks as Prometheus does, for text, or for protobuf where native histograms are wanted.
func get(t testing.TB, tel interface{ Handler() http.Handler }, native bool) (string, map[string]*dto.MetricFamily) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	if native {
		r.Header.Set("Accept", "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited")
	}
	rec := httptest.NewRecorder()
	tel.Handler().ServeHTTP(rec, r)
	if rec.Code != http.StatusOK {
		t.Fatalf("%d: %s", rec.Code, rec.Body)
	}
	text := rec.Body.String()
	families := map[string]*dto.MetricFamily{}
	decoder := expfmt.NewDecoder(rec.Body, expfmt.ResponseFormat(rec.Header()))
	for {
		var f dto.MetricFamily
		if err := decoder.Decode(&f); err != nil {
			break
		}
		families[f.GetName()] = &f
	}
	if len(families) == 0 {
		t.Fatalf("nothing to be seen in %.200s", text)
	}
	return text, families
}

func full(t testing.TB) *telemetry.Telemetry {
	p := compiled(t, loaded)
	rec := measure.NewRecorder(p)
	return telemetry.New(p, telemetry.Options{
		Version: "1.2.3", InFlight: func(string) int { return 0 },
		Objectives: func() []measure.Result { return rec.Judge(measure.Ending{}).Objectives },
	})
}

// Every row of the table that has a name for Prometheus is there before anything ran, in every place, at 0.
func TestEveryRowFromTheStart(t *testing.T) {
	_, families := get(t, full(t), false)
	for _, row := range metric.Table {
		if row.Prometheus == "" {
			continue
		}
		f := families[row.Prometheus]
		if f == nil {
			t.Errorf("%s is not exposed", row.Prometheus)
			continue
		}
		want := 2 // turns
		if row.Name == "request_rate" {
			want *= 5 + len(event.Failures) // classes
		}
		if len(f.Metric) != want {
			t.Errorf("%s has %d label sets, want %d", row.Prometheus, len(f.Metric), want)
		}
		for _, m := range f.Metric {
			if m.Counter.GetValue() != 0 || m.Histogram.GetSampleCount() != 0 || m.Histogram.GetSampleSum() != 0 {
				t.Errorf("%s starts at %v", row.Prometheus, m)
			}
			if m.Counter == nil && m.Histogram == nil {
				t.Errorf("%s is neither counter nor histogram: %v", row.Prometheus, m)
			}
		}
	}
	for _, name := range []string{
		"aimbench_run_info", "aimbench_run_verdict", "aimbench_in_flight", "aimbench_objective_value", "aimbench_objective_limit",
		"aimbench_objective_verdict", "aimbench_warmup_requests_total", "process_cpu_seconds_total", "go_goroutines",
	} {
		if families[name] == nil {
			t.Errorf("%s is not exposed", name)
		}
	}
}

func TestLint(t *testing.T) {
	text, _ := get(t, full(t), false)
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "aimbench_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
}

const ms = event.Instant(time.Millisecond)

// answered is a turn of two chunks that came after so long.
func answered(ttft event.Instant) *event.Turn {
	at := 1000 * ms
	return &event.Turn{
		Load: "steady", Conversation: "ask", Turn: "first", Endpoint: "aim", Intended: at, Dispatched: at + ms, End: at + ttft + 20*ms,
		Requests: []event.Request{{
			Instants: event.Instants{
				Dispatched: at + ms, Connected: at + 2*ms, Sent: at + 3*ms, Headers: at + ttft, FirstEvent: at + ttft, FirstToken: at + ttft,
				FirstAnswer: at + ttft, LastToken: at + ttft + 10*ms, End: at + ttft + 20*ms,
			},
			Status: 200, Streamed: true, Chunks: 2, Arrivals: []event.Instant{at + ttft, at + ttft + 10*ms},
			Usage: event.Usage{Input: 30, Output: 2, Cached: 16, Source: event.FromServer},
		}},
	}
}

func unanswered(class event.Class, after event.Instant) *event.Turn {
	at := 1000 * ms
	return &event.Turn{
		Load: "steady", Conversation: "ask", Turn: "first", Endpoint: "aim", Intended: at, Dispatched: at, End: at + after, Class: class,
		Requests: []event.Request{{
			Instants: event.Instants{Dispatched: at, Connected: at, Sent: at, End: at + after}, Class: class,
			Usage: event.Usage{Source: event.FromNone},
		}},
	}
}

func find(t *testing.T, f *dto.MetricFamily, labels ...string) *dto.Metric {
	t.Helper()
	for _, m := range f.GetMetric() {
		matches := 0
		for _, l := range m.Label {
			if slices.Contains(labels, l.GetName()+"="+l.GetValue()) {
				matches++
			}
		}
		if matches == len(labels) {
			return m
		}
	}
	t.Fatalf("%s has no %v", f.GetName(), labels)
	return nil
}

// A robot's gestures are counted by how they ended, and what was not done is slower than every bucket.
func TestRobot(t *testing.T) {
	tel := full(t)
	turn := answered(100 * ms)
	turn.Gestures = []event.Gesture{
		{Trigger: 1100 * ms, Start: 1130 * ms, End: 1600 * ms, Status: event.GestureDone},
		{Trigger: 1200 * ms, End: 2200 * ms, Status: event.GestureFailed},
		{Status: event.GestureSkipped},
	}
	turn.Speech = &event.Speech{Start: 1300 * ms, End: 2000 * ms}
	tel.Record(turn)
	_, families := get(t, tel, false)
	for status, want := range map[event.GestureStatus]float64{"done": 1, "failed": 1, "skipped": 1, "refused": 0, "cancelled": 0} {
		if n := find(t, families["aimbench_gestures_total"], "turn=first", "status="+string(status)).Counter.GetValue(); n != want {
			t.Errorf("%v gestures %s, want %v", n, status, want)
		}
	}
	for name, want := range map[string][2]float64{
		"aimbench_gesture_start_seconds": {2, 1.03}, "aimbench_gesture_done_seconds": {2, 1.5},
		"aimbench_reaction_seconds": {1, 0.129}, "aimbench_speech_start_seconds": {1, 0.2},
	} {
		h := find(t, families[name], "turn=first").Histogram
		if math.Abs(h.GetSampleSum()-want[1]) > 1e-9 || float64(h.GetSampleCount()) != want[0] {
			t.Errorf("%s: %d values, sum %v", name, h.GetSampleCount(), h.GetSampleSum())
		}
	}
}

func TestRecord(t *testing.T) {
	tel := full(t)
	warm := answered(100 * ms)
	warm.Warmup = true
	other := answered(100 * ms)
	other.Conversation = "unheard of"
	second := answered(600 * ms)
	second.Turn = "second"
	dropped := &event.Turn{Load: "steady", Conversation: "ask", Turn: "first", Intended: ms, End: ms, Class: event.Dropped}
	for _, turn := range []*event.Turn{
		answered(300 * ms), answered(400 * ms), answered(401 * ms), unanswered(event.TimeoutFirstToken, 30000*ms),
		unanswered(event.HTTP5xx, 10*ms), unanswered(event.HungUp, 50*ms), dropped, warm, other, second,
	} {
		tel.Record(turn)
	}
	for _, native := range []bool{false, true} {
		_, families := get(t, tel, native)
		for class, want := range map[string]float64{"ok": 3, "timeout_first_token": 1, "http_5xx": 1, "hung_up": 1, "dropped": 1, "censored": 0, "unsent": 0} {
			if got := find(t, families["aimbench_requests_total"], "turn=first", "class="+class).Counter.GetValue(); got != want {
				t.Errorf("%v turns of class %s, want %v", got, class, want)
			}
		}
		for name, want := range map[string]float64{
			"aimbench_errors_total": 2, "aimbench_dropped_total": 1, "aimbench_output_tokens_total": 6, "aimbench_input_tokens_total": 90,
			"aimbench_warmup_requests_total": 1,
		} {
			if got := find(t, families[name], "scenario=steady", "load=steady", "conversation=ask", "turn=first", "endpoint=aim").Counter.GetValue(); got != want {
				t.Errorf("%s is %v, want %v", name, got, want)
			}
		}
		ttft := find(t, families["aimbench_ttft_seconds"], "turn=first").Histogram
		// Three that came, one that was lost, one that was dropped, and one that hung up after 50 ms; the 5xx has none.
		if ttft.GetSampleCount() != 6 || math.Abs(ttft.GetSampleSum()-(0.3+0.4+0.401+30+0.05)) > 1e-9 {
			t.Errorf("ttft counts %d and adds up to %v", ttft.GetSampleCount(), ttft.GetSampleSum())
		}
		for _, b := range ttft.Bucket {
			if b.GetUpperBound() == 0.4 && b.GetCumulativeCount() != 3 { // the objective's limit has an edge of its own
				t.Errorf("%d within 400 ms, want 3", b.GetCumulativeCount())
			}
			if b.GetUpperBound() == 1000 && b.GetCumulativeCount() != 4 { // what never came lies beyond every edge
				t.Errorf("%d within 1000 s, want 4", b.GetCumulativeCount())
			}
		}
		if icl := find(t, families["aimbench_icl_seconds"], "turn=first").Histogram; icl.GetSampleCount() != 3 {
			t.Errorf("%d gaps", icl.GetSampleCount())
		}
		if second := find(t, families["aimbench_ttft_seconds"], "turn=second").Histogram; second.GetSampleCount() != 1 {
			t.Errorf("%d of the second turn", second.GetSampleCount())
		}
		if native && (ttft.GetSchema() != 3 || populated(ttft) != ttft.GetSampleCount() || len(ttft.Bucket) == 0) {
			t.Errorf("native: schema %d, %d in buckets, %d classic buckets", ttft.GetSchema(), populated(ttft), len(ttft.Bucket))
		}
	}
}

// populated adds up the native buckets.
func populated(h *dto.Histogram) uint64 {
	total, bucket := h.GetZeroCount(), int64(0)
	for _, d := range h.PositiveDelta {
		bucket += d
		total += uint64(bucket)
	}
	return total
}

// Latencies of an open loop count from when the schedule wanted the turn, those of a single run from when it was sent.
func TestOrigin(t *testing.T) {
	for text, want := range map[string]float64{loaded: 0.3, single: 0.297} {
		tel := telemetry.New(compiled(t, text), telemetry.Options{})
		turn := answered(300 * ms)
		if text == single {
			turn.Load = ""
		}
		tel.Record(turn)
		_, families := get(t, tel, false)
		if got := find(t, families["aimbench_ttft_seconds"], "turn=first").Histogram.GetSampleSum(); math.Abs(got-want) > 1e-9 {
			t.Errorf("ttft %v, want %v", got, want)
		}
	}
}

func TestBuckets(t *testing.T) {
	_, families := get(t, full(t), false)
	edges := func(name string) (out []float64) {
		for _, b := range families[name].Metric[0].Histogram.Bucket {
			out = append(out, b.GetUpperBound())
		}
		return out
	}
	e2e := edges("aimbench_e2e_seconds")
	if !slices.Equal(e2e[:3], []float64{0.001, 0.002, 0.005}) || !slices.Equal(e2e[len(e2e)-3:], []float64{500, 1000, math.Inf(1)}) {
		t.Errorf("e2e %v: the longest time-out is 900 s", e2e)
	}
	if ttft := edges("aimbench_ttft_seconds"); len(ttft) != len(e2e)+1 || !slices.Contains(ttft, 0.4) {
		t.Errorf("ttft %v", ttft)
	}
	if tokens := edges("aimbench_turn_output_tokens"); len(tokens) != 13 || !slices.Contains(tokens, 12) {
		t.Errorf("tokens %v", tokens)
	}
}

// However many turns a scenario has, the series are bounded, and every turn is counted.
func TestBoundedPlaces(t *testing.T) {
	for _, c := range []struct{ conversations, turns, places int }{
		{1, 64, 64}, {2, 40, 2}, {65, 1, 1},
	} {
		var text strings.Builder
		text.WriteString("endpoint \"aim\" {\n  simulator {}\n}\n")
		for i := range c.conversations {
			fmt.Fprintf(&text, "conversation \"c%d\" {\n  endpoint = endpoint.aim\n", i)
			for j := range c.turns {
				fmt.Fprintf(&text, "  turn \"t%d\" {\n    user = \"Hello\"\n  }\n", j)
			}
			text.WriteString("}\n")
		}
		tel := telemetry.New(compiled(t, text.String()), telemetry.Options{})
		for i := range c.conversations {
			for j := range c.turns {
				tel.Record(&event.Turn{Conversation: fmt.Sprintf("c%d", i), Turn: fmt.Sprintf("t%d", j), Class: event.Dial})
			}
		}
		exposed, families := get(t, tel, false)
		total := 0.0
		for _, m := range families["aimbench_errors_total"].Metric {
			total += m.Counter.GetValue()
		}
		if n := len(families["aimbench_errors_total"].Metric); n != c.places || total != float64(c.conversations*c.turns) {
			t.Errorf("%d conversations of %d turns: %d places that count %v", c.conversations, c.turns, n, total)
		}
		if series := strings.Count(exposed, "\naimbench_"); series > 300*c.places {
			t.Errorf("%d series in %d places", series, c.places)
		}
	}
}

func result(name string, v measure.Verdict, value *float64) (r measure.Result) {
	r.SLO, r.Name, r.Verdict, r.Value = "s", name, v, value
	return r
}

func TestObjectives(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		value, above, limit := 0.5, 30.0, 0.4
		calls := 0
		known := result("known", measure.Fail, &value)
		known.Max = &limit
		slower := result("slower", measure.Fail, nil)
		slower.Max, slower.Above = &limit, &above
		nothing := result("nothing", measure.NoData, nil)
		nothing.Min = &limit
		results := []measure.Result{known, slower, nothing}
		tel := telemetry.New(compiled(t, single), telemetry.Options{Objectives: func() []measure.Result { calls++; return results }})
		_, families := get(t, tel, false)
		values := families["aimbench_objective_value"]
		if got := find(t, values, "objective=s/known").Gauge.GetValue(); got != 0.5 {
			t.Errorf("known %v", got)
		}
		if got := find(t, values, "objective=s/slower").Gauge.GetValue(); !math.IsInf(got, 1) {
			t.Errorf("slower %v", got)
		}
		if got := find(t, values, "objective=s/nothing").Gauge.GetValue(); !math.IsNaN(got) {
			t.Errorf("nothing %v", got)
		}
		find(t, families["aimbench_objective_limit"], "objective=s/nothing", "limit=min")
		find(t, families["aimbench_objective_limit"], "objective=s/known", "limit=max")
		for verdict, want := range map[string]float64{"pass": 0, "fail": 1, "inconclusive": 0, "no_data": 0} {
			if got := find(t, families["aimbench_objective_verdict"], "objective=s/known", "verdict="+verdict).Gauge.GetValue(); got != want {
				t.Errorf("%s is %v", verdict, got)
			}
		}
		get(t, tel, false)
		if calls != 1 {
			t.Errorf("judged %d times at once", calls)
		}
		time.Sleep(time.Second)
		get(t, tel, false)
		if calls != 2 {
			t.Errorf("judged %d times within a second", calls)
		}
	})
}

func TestEnd(t *testing.T) {
	calls := 0
	tel := telemetry.New(compiled(t, single), telemetry.Options{
		Version: "1.2.3", Objectives: func() []measure.Result { calls++; return nil }, InFlight: func(string) int { return 7 },
	})
	check := func(name string, want float64, labels ...string) {
		t.Helper()
		_, families := get(t, tel, false)
		if got := find(t, families[name], labels...).Gauge.GetValue(); got != want {
			t.Errorf("%s%v is %v, want %v", name, labels, got, want)
		}
	}
	check("aimbench_in_flight", 7)
	check("aimbench_run_info", 1, "version=1.2.3", "simulated=false", "origin=sent", "scenario=steady")
	check("aimbench_run_start_timestamp_seconds", 0)
	check("aimbench_run_end_timestamp_seconds", 0)
	check("aimbench_run_verdict", 0, "verdict=fail")
	tel.Begin()
	limit, value := 1.0, 2.0
	if _, families := get(t, tel, false); families["aimbench_run_turns"] != nil || families["aimbench_run_ttft_seconds"] != nil {
		t.Error("what the run came to is there before its end")
	}
	half := 0.5
	tel.End(&measure.Summary{Verdict: measure.Fail, Requests: measure.Requests{Succeeded: 5, Dropped: 1}, Errors: map[event.Class]int{event.HTTP429: 3}, Metrics: map[string]measure.Stats{
		"ttft": {Count: 4, P50: &half, Lost: 1}, "tpot": {Count: 3, Mean: &half, P50: &half},
	}, Objectives: []measure.Result{
		{Objective: measure.Objective{SLO: "s", Name: "o", Max: &limit}, Finding: measure.Finding{Verdict: measure.Fail, Value: &value}},
	}})
	before := calls
	check("aimbench_run_verdict", 1, "verdict=fail")
	check("aimbench_run_verdict", 0, "verdict=pass")
	check("aimbench_objective_value", 2, "objective=s/o")
	check("aimbench_run_turns", 5, "class=ok")
	check("aimbench_run_turns", 1, "class=dropped")
	check("aimbench_run_turns", 3, "class=http_429")
	_, families := get(t, tel, false)
	ttft, tpot := families["aimbench_run_ttft_seconds"].Metric[0].Summary, families["aimbench_run_tpot_seconds"].Metric[0].Summary
	if q := ttft.Quantile; len(q) != 5 || q[0].GetValue() != half || !math.IsInf(q[3].GetValue(), 1) || ttft.GetSampleCount() != 4 || !math.IsInf(ttft.GetSampleSum(), 1) {
		t.Errorf("ttft %v: want what never came as slower than everything", ttft)
	}
	if q := tpot.Quantile; len(q) != 1 || q[0].GetValue() != half || tpot.GetSampleSum() != 1.5 {
		t.Errorf("tpot %v: want what is known", tpot)
	}
	if calls != before {
		t.Error("judged after the end")
	}
	start := find(t, families["aimbench_run_start_timestamp_seconds"]).Gauge.GetValue()
	end := find(t, families["aimbench_run_end_timestamp_seconds"]).Gauge.GetValue()
	if start == 0 || end < start {
		t.Errorf("from %v to %v", start, end)
	}
}

// Turns are recorded and scraped at the same time.
func TestConcurrently(t *testing.T) {
	tel := full(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 100 {
				tel.Record(answered(300 * ms))
			}
		})
	}
	all.Go(func() {
		for range 5 {
			get(t, tel, true)
		}
	})
	all.Wait()
	_, families := get(t, tel, true)
	if h := find(t, families["aimbench_ttft_seconds"], "turn=first").Histogram; h.GetSampleCount() != 400 || math.Abs(h.GetSampleSum()-120) > 1e-6 {
		t.Errorf("%d values, sum %v", h.GetSampleCount(), h.GetSampleSum())
	}
}

func BenchmarkRecord(b *testing.B) {
	for _, chunks := range []int{2, 128} {
		b.Run(fmt.Sprintf("chunks=%d", chunks), func(b *testing.B) {
			tel := full(b)
			turn := answered(300 * ms)
			r := &turn.Requests[0]
			for len(r.Arrivals) < chunks {
				r.Arrivals = append(r.Arrivals, r.Arrivals[len(r.Arrivals)-1]+10*ms)
			}
			r.Chunks, r.Usage.Output = chunks, chunks
			b.ReportAllocs()
			for b.Loop() {
				tel.Record(turn)
			}
		})
	}
}
