package acceptance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/report"
	"aimbench/engine/scenario"
)

var surroundingSteps = []Step{
	{
		Kind: Then, Expr: "the screen shows {text}", Not: "the screen does not show {text}", Example: `the screen shows "2 messages"`,
		About: "what a person sees of the talk so far, or of the report of the run, has this in it; lines and spaces count as one space",
		check: func(_ context.Context, w *world, a *args) (finding, error) {
			text, err := w.shown()
			if err != nil {
				return finding{}, err
			}
			return found(strings.Contains(spaced(text), spaced(a.text(0))), "%s", tail(text))
		},
	},
	{
		Kind: Then, Expr: "the metrics page has {text}", Not: "the metrics page does not have {text}", Example: `the metrics page has "aimbench_edge_slo_total"`,
		About: "the page that Prometheus reads has this in it",
		check: func(_ context.Context, w *world, a *args) (finding, error) {
			page, err := w.page()
			if err != nil {
				return finding{}, err
			}
			if strings.Contains(page, a.text(0)) {
				return found(true, "a page with it")
			}
			return found(false, "a page without it%s", near(page, a.text(0)))
		},
	},
	{
		Kind: Then, Expr: "the metrics page has {text} at {number}", Not: "the metrics page does not have {text} at {number}",
		Example: `the metrics page has "aimbench_requests_total" at 2`,
		About:   "all series of that name, with their counts where they are histograms, add up to this",
		check: func(_ context.Context, w *world, a *args) (finding, error) {
			page, err := w.page()
			if err != nil {
				return finding{}, err
			}
			sum, ok, err := sumOf(page, a.text(0))
			if err != nil {
				return finding{}, err
			}
			if !ok {
				return finding{holds: a.not, got: "a page without it" + near(page, a.text(0))}, nil
			}
			return found(sum == arg[float64](a, 1), "it is at %g", sum)
		},
	},
	{
		Kind: Then, Expr: "no artefact contains {text}", Not: "an artefact contains {text}", Example: `no artefact contains "sk-0123456789"`,
		About: "screen, log, metrics page, saved files, and of a run its record and its report in every format",
		check: func(_ context.Context, w *world, a *args) (finding, error) {
			all, err := w.artefacts()
			if err != nil {
				return finding{}, err
			}
			var in, without []string
			for _, one := range all {
				if strings.Contains(one.text, a.text(0)) {
					in = append(in, one.name)
				} else {
					without = append(without, one.name)
				}
			}
			if in != nil {
				return found(false, "it is in %s", strings.Join(in, ", "))
			}
			return found(true, "it is in none of %s", strings.Join(without, ", "))
		},
	},
	{
		Kind: Then, Expr: "the saved file {text} replays", Not: "the saved file {text} does not replay", Example: `the saved file "talk.hcl" replays`,
		About: "a scenario that /save wrote runs, and passes",
		check: replays,
	},
}

// shown is what a person sees.
func (w *world) shown() (string, error) {
	switch {
	case w.run != nil:
		return w.run.shown(), nil
	case w.screen != nil:
		return w.screen.String(), nil
	}
	return "", nothingSaid
}

func spaced(text string) string { return strings.Join(strings.Fields(text), " ") }

// mostLines bounds what a failure shows of a screen.
const mostLines = 20

// tail shows the last lines of a text.
func tail(text string) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	lines = lines[max(0, len(lines)-mostLines):]
	for i, l := range lines {
		lines[i] = "  | " + clip(l)
	}
	return "\n" + strings.Join(lines, "\n")
}

// page is what Prometheus reads.
func (w *world) page() (string, error) {
	var h http.Handler
	switch {
	case w.run != nil:
		h = w.run.metrics.Handler()
	case w.chat != nil:
		h = w.chat.Metrics()
	default:
		return "", nothingSaid
	}
	r, err := http.NewRequest(http.MethodGet, "/metrics", nil)
	if err != nil {
		return "", err
	}
	p := paper{header: http.Header{}}
	h.ServeHTTP(&p, r)
	return p.text.String(), nil
}

// paper keeps what a handler answers.
type paper struct {
	header http.Header
	text   bytes.Buffer
}

// Header makes it an http.ResponseWriter.
func (p *paper) Header() http.Header { return p.header }

// WriteHeader forgets the status.
func (p *paper) WriteHeader(int) {}

// Write keeps the text.
func (p *paper) Write(b []byte) (int, error) { return p.text.Write(b) }

// families are the series of a page.
func families(page string) (map[string]*dto.MetricFamily, error) {
	parser := expfmt.NewTextParser(model.UTF8Validation)
	return parser.TextToMetricFamilies(strings.NewReader(page))
}

// near names the series of a page that was probably meant.
func near(page, name string) string {
	all, err := families(page)
	if err != nil {
		return ": " + clip(err.Error())
	}
	if n := nearest(name, slices.Sorted(maps.Keys(all))); n != "" {
		return "; the nearest series is " + n
	}
	return ""
}

// sumOf adds up the series of a name.
func sumOf(page, name string) (sum float64, ok bool, err error) {
	all, err := families(page)
	if err != nil {
		return 0, false, fmt.Errorf("reading the metrics page: %w", err)
	}
	f, ok := all[name]
	for _, m := range f.GetMetric() {
		sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + m.GetUntyped().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return sum, ok, nil
}

// artefact is something that a talk or a run leaves behind.
type artefact struct{ name, text string }

// artefacts are all that is left behind so far.
func (w *world) artefacts() ([]artefact, error) {
	screen, err := w.shown()
	if err != nil {
		return nil, err
	}
	page, err := w.page()
	if err != nil {
		return nil, err
	}
	all := []artefact{{"the screen", screen}, {"the metrics page", page}, {"the log", w.log.String()}}
	if w.screen != nil && w.run != nil {
		all = append(all, artefact{"the screen of the talk", w.screen.String()})
	}
	if w.run != nil && w.run.results != nil {
		all = append(all, artefact{"the record", w.run.record.String()})
		for _, f := range report.Formats {
			var b bytes.Buffer
			if err := f.Write(&b, w.run.results, report.Style{Unicode: true}); err != nil {
				return nil, err
			}
			all = append(all, artefact{"the report as " + f.Name, b.String()})
		}
	}
	saved, err := w.saved()
	return append(all, saved...), err
}

// saved are the files that the talk wrote.
func (w *world) saved() ([]artefact, error) {
	if w.folder == "" {
		return nil, nil
	}
	var all []artefact
	err := filepath.WalkDir(w.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || slices.Contains(w.paths, path) {
			return err
		}
		file, err := os.Open(path)
		if err != nil {
			return err
		}
		text, err := io.ReadAll(file)
		all = append(all, artefact{"the file " + clip(d.Name()), string(text)})
		return errors.Join(err, file.Close())
	})
	return all, err
}

// replays finds whether a saved talk runs, and passes.
func replays(_ context.Context, w *world, a *args) (finding, error) {
	if w.folder == "" || !filepath.IsLocal(a.text(0)) {
		return found(false, "nothing was saved")
	}
	s, diags := scenario.Read([]string{filepath.Join(w.folder, a.text(0))}, w.scenarioOptions())
	if diags.HasErrors() {
		return found(false, "it is no scenario: %s", clip(s.Explain(diags)))
	}
	if err := w.change(s); err != nil {
		return finding{}, err
	}
	p, diags := plan.Compile(s, plan.Options{})
	if diags.HasErrors() {
		return found(false, "it cannot run: %s", clip(s.Explain(diags)))
	}
	before, body := w.run, w.body
	w.body = nil
	err := w.runPlan(p)
	again := w.run
	w.run, w.body = before, body
	if err != nil {
		return found(false, "it did not run: %s", clip(err.Error()))
	}
	return found(again.summary().ExitCode == measure.ExitPass, "exit code %d: %s", again.summary().ExitCode, clip(again.summary().Reason))
}
