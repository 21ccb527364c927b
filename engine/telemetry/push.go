package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/push"
	dto "github.com/prometheus/client_model/go"

	"aimbench/engine/metric"
)

// pushing bounds how long a Pushgateway may take.
const pushing = 10 * time.Second

// Gateway is a Pushgateway, which keeps what a run came to until the next run of the scenario has ended.
type Gateway struct {
	url  string
	user *url.Userinfo
}

// NewGateway takes the URL of a Pushgateway, such as http://pushgateway:9091. It may carry a name and a password.
func NewGateway(address string) (*Gateway, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("want the URL of a Pushgateway, such as http://127.0.0.1:9091") // without it: a password may be in it
	}
	g := &Gateway{user: u.User}
	u.User = nil
	g.url = u.String()
	return g, nil
}

// Push sends what a run came to that has ended, in place of what an earlier run of the scenario did: its verdict, times,
// objectives, turns and quantiles. The group is job="aimbench" and the scenario's name.
func (g *Gateway) Push(ctx context.Context, t *Telemetry) error {
	ctx, cancel := context.WithTimeout(ctx, pushing)
	defer cancel()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	p := push.New(g.url, "aimbench").Grouping("scenario", t.scenario).Gatherer(prometheus.GathererFunc(t.ended)).Client(client)
	if g.user != nil {
		password, _ := g.user.Password()
		p = p.BasicAuth(g.user.Username(), password)
	}
	if err := p.PushContext(ctx); err != nil {
		return fmt.Errorf("sending the run's end: %w", err)
	}
	return nil
}

// ended gathers what is true of a run after its end, without the label that its group has. Counters and histograms stay
// out: they would never grow again.
func (t *Telemetry) ended() ([]*dto.MetricFamily, error) {
	all, err := t.registry.Gather()
	if err != nil {
		return nil, err
	}
	var out []*dto.MetricFamily
	for _, f := range all {
		if name := f.GetName(); !strings.HasPrefix(name, "aimbench_run_") && name != metric.ObjectiveValue && name != metric.ObjectiveLimit && name != metric.ObjectiveVerdict {
			continue
		}
		for _, m := range f.Metric {
			m.Label = slices.DeleteFunc(slices.Clone(m.Label), func(l *dto.LabelPair) bool { return l.GetName() == "scenario" })
		}
		out = append(out, f)
	}
	return out, nil
}
