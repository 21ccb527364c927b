package scrape

import (
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"net/http"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"aimbench/engine/metric"
)

// maxBody bounds a server's metrics. vLLM's are some 100 KB.
const maxBody = 8 << 20

// families are a server's metrics by name.
type families map[string]*dto.MetricFamily

// readResponse parses a response in Prometheus' text form. Its errors carry no text of the server's.
func readResponse(res *http.Response) (families, error) {
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("HTTP status %d %s", res.StatusCode, http.StatusText(res.StatusCode))
	}
	if kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type")); err == nil && kind == "text/html" {
		return nil, errors.New("a page of HTML came in the place of Prometheus' text form")
	}
	return parse(res.Body)
}

func parse(body io.Reader) (families, error) {
	limited := &io.LimitedReader{R: body, N: maxBody + 1}
	parser := expfmt.NewTextParser(model.UTF8Validation)
	f, err := parser.TextToMetricFamilies(limited)
	var bad expfmt.ParseError
	switch {
	case limited.N <= 0:
		return nil, fmt.Errorf("they are longer than %d MiB", maxBody>>20)
	case errors.As(err, &bad):
		return nil, fmt.Errorf("line %d is not in Prometheus' text form", bad.Line)
	case err != nil:
		return nil, fmt.Errorf("reading them: %w", err)
	}
	return f, nil
}

// known is the value of a row of the table; false where the server does not have it.
func (f families) known(row metric.Server) (float64, bool) {
	for _, names := range row.Series {
		sum, whole := 0.0, true
		for _, name := range names {
			v, ok := f.value(name, row.Fold)
			sum += v
			whole = whole && ok
		}
		if whole {
			return sum, true
		}
	}
	return 0, false
}

// value folds all label sets of a series into one; false where there is none, and where the result is no number.
func (f families) value(name string, fold metric.Fold) (float64, bool) {
	values := f.named(name)
	if len(values) == 0 {
		return 0, false
	}
	out := values[0]
	for _, v := range values[1:] {
		if fold == metric.Largest {
			out = max(out, v)
		} else {
			out += v
		}
	}
	return out, !math.IsNaN(out) && !math.IsInf(out, 0)
}

// named are the values of a series, one a label set. Counters are found with and without _total, and what a histogram or
// summary adds up under its _sum and _count.
func (f families) named(name string) []float64 {
	base, total := strings.CutSuffix(name, "_total")
	if !total {
		base = name + "_total"
	}
	for _, n := range []string{name, base} {
		if values := collect(f[n], plainValue); len(values) > 0 {
			return values
		}
	}
	if of, ok := strings.CutSuffix(name, "_sum"); ok {
		return collect(f[of], sumValue)
	}
	if of, ok := strings.CutSuffix(name, "_count"); ok {
		return collect(f[of], countValue)
	}
	return nil
}

// collect takes a value of each label set of a family, which may be nil.
func collect(family *dto.MetricFamily, take func(*dto.Metric) (float64, bool)) []float64 {
	var values []float64
	for _, m := range family.GetMetric() {
		if v, ok := take(m); ok {
			values = append(values, v)
		}
	}
	return values
}

func plainValue(m *dto.Metric) (float64, bool) {
	switch {
	case m.Gauge != nil:
		return m.Gauge.GetValue(), true
	case m.Counter != nil:
		return m.Counter.GetValue(), true
	case m.Untyped != nil:
		return m.Untyped.GetValue(), true
	}
	return 0, false
}

func sumValue(m *dto.Metric) (float64, bool) {
	switch {
	case m.Histogram != nil:
		return m.Histogram.GetSampleSum(), true
	case m.Summary != nil:
		return m.Summary.GetSampleSum(), true
	}
	return 0, false
}

func countValue(m *dto.Metric) (float64, bool) {
	switch {
	case m.Histogram != nil:
		return float64(m.Histogram.GetSampleCount()), true
	case m.Summary != nil:
		return float64(m.Summary.GetSampleCount()), true
	}
	return 0, false
}
