package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"

	"aimbench/engine/measure"
	"aimbench/engine/telemetry"
)

func TestPush(t *testing.T) {
	tel := full(t)
	tel.Begin()
	tel.End(&measure.Summary{Verdict: measure.Pass, Metrics: map[string]measure.Stats{"ttft": {Count: 1}}, Objectives: []measure.Result{result("ttft", measure.Pass, nil)}})
	got, reply := map[string]*dto.MetricFamily{}, http.StatusOK
	gateway := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if name, password, _ := r.BasicAuth(); r.Method != http.MethodPut || r.URL.Path != "/metrics/job/aimbench/scenario/steady" || name != "ci" || password != "secret" {
			t.Errorf("%s %s by %s", r.Method, r.URL, name)
		}
		for decoder := expfmt.NewDecoder(r.Body, expfmt.ResponseFormat(r.Header)); ; {
			f := &dto.MetricFamily{}
			if decoder.Decode(f) != nil {
				break
			}
			got[f.GetName()] = f
		}
		w.WriteHeader(reply)
	}))
	defer gateway.Close()
	g, err := telemetry.NewGateway(strings.Replace(gateway.URL, "http://", "http://ci:secret@", 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Push(t.Context(), tel); err != nil {
		t.Fatal(err)
	}
	if v := find(t, got["aimbench_run_verdict"], "verdict=pass").Gauge.GetValue(); v != 1 {
		t.Errorf("verdict %v", v)
	}
	for name, f := range got {
		if k := f.GetType(); k == dto.MetricType_COUNTER || k == dto.MetricType_HISTOGRAM || strings.HasPrefix(name, "go_") || strings.Contains(f.String(), "scenario") {
			t.Errorf("pushed %v", f)
		}
	}
	if got["aimbench_objective_verdict"] == nil || got["aimbench_run_turns"] == nil || got["aimbench_run_ttft_seconds"] == nil {
		t.Errorf("pushed only %v", got)
	}
	_, families := get(t, tel, false)
	find(t, families["aimbench_run_verdict"], "scenario=steady", "verdict=pass") // is as it was

	reply = http.StatusForbidden
	if err := g.Push(t.Context(), tel); err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "403") {
		t.Errorf("refused with %v", err)
	}
}

func TestGateway(t *testing.T) {
	for _, address := range []string{"", "gateway:9091", "ftp://gateway", "http://", "http://gateway?x=y", "http://a:secret@gate way"} {
		if _, err := telemetry.NewGateway(address); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
