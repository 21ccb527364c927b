package engine

import (
	"context"
	"slices"
	"sync"

	"aimbench/engine/event"
	"aimbench/engine/scrape"
)

// Sampler is a sink that also takes the values of the servers' own series. Sample must not block; it may be called at the
// same time as Record, and by several goroutines at once.
type Sampler interface {
	Sample([]event.Sample)
}

// watchServers reads the endpoints' own metrics until stop: those of real ones that say where they are, and those of the
// embedded ones where loads run or an objective is about them.
func (e *Engine) watchServers(ctx context.Context) (stop func()) {
	if e.follows() {
		return func() {} // who leads reads them
	}
	series := e.serverSeries()
	var scrapers []*scrape.Scraper
	for _, s := range e.plan.Endpoints {
		o := scrape.Options{
			Endpoint: s.Name, URL: s.MetricsURL, Series: series, BaseURL: s.BaseURL, APIKey: s.APIKey, Headers: s.Headers, CAPEM: s.CAPEM,
			InsecureSkipVerify: s.InsecureSkipVerify, Dial: e.options.Dial, Clock: e.clock, Emit: e.sample, Note: e.options.Note,
			Redact: e.plan.Scenario.Secrets.Redact,
		}
		if simulator, ok := e.simulators[s.Name]; ok && o.URL == "" && (len(series) > 0 || len(e.plan.Loads) > 0) {
			o.BaseURL, o.URL, o.Dial = simulator.url, simulator.url+"/metrics", simulator.dial
		}
		if o.URL != "" {
			scrapers = append(scrapers, scrape.Start(ctx, o))
		}
	}
	each := func(do func(*scrape.Scraper)) {
		var all sync.WaitGroup
		for _, s := range scrapers {
			all.Go(func() { do(s) })
		}
		all.Wait()
	}
	each((*scrape.Scraper).Begun)
	return func() { each((*scrape.Scraper).Stop) }
}

// serverSeries are the series that objectives are about.
func (e *Engine) serverSeries() []string {
	var series []string
	for _, o := range e.plan.Objectives {
		if o.Value.Series != "" && !slices.Contains(series, o.Value.Series) {
			series = append(series, o.Value.Series)
		}
	}
	return series
}

// sample hands the values on to all that take them.
func (e *Engine) sample(samples []event.Sample) {
	e.recorder.Sample(samples)
	for _, sink := range e.sinks {
		if s, ok := sink.(Sampler); ok {
			s.Sample(samples)
		}
	}
}
