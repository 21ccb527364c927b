package measure

import (
	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// cell is what the turns of a load, or of one of its stages, add up to.
type cell struct {
	requests Requests
	errors   map[event.Class]int
	broken   map[event.Class]int // of errors, those that the scenario does not expect
	flow     flow
	values   map[string]*Distribution
	sources  map[string]int
	// unreachable counts the turns that failed as if there were no endpoint for us.
	unreachable int
	// tokens and chunks of the replies whose tokens the server counted.
	tokens, chunks int64
}

func newCell() *cell {
	return &cell{
		errors: map[event.Class]int{}, broken: map[event.Class]int{}, values: map[string]*Distribution{}, sources: map[string]int{},
	}
}

// count counts the turn by how it ended.
func (c *cell) count(t *event.Turn) {
	r := &c.requests
	r.Offered++
	switch {
	case t.Class == event.OK:
		r.Succeeded++
	case t.Class == event.Dropped:
		r.Dropped++
	case t.Class == event.HungUp:
		r.HungUp++
	case t.Class == event.Censored:
		r.Censored++
	case t.Class == event.Unsent:
		r.Unsent++
	default:
		r.Failed++
		c.errors[t.Class]++
	}
	if Unexpected(t) {
		r.Unexpected++
		if t.Class.Failed() {
			c.broken[t.Class]++
		}
		if unreachable(t) {
			c.unreachable++
		}
	}
	c.countTokens(t)
}

func (c *cell) countTokens(t *event.Turn) {
	source := t.Usage().Source
	if len(t.Requests) == 0 || source == event.FromNone || source == "" {
		return
	}
	c.sources[source]++
	for i := range t.Requests {
		if r := &t.Requests[i]; r.Usage.Source == event.FromServer && r.Streamed {
			c.tokens += int64(r.Usage.Output)
			c.chunks += int64(r.Chunks)
		}
	}
}

// value returns the distribution of a metric.
func (c *cell) value(name string) *Distribution {
	d := c.values[name]
	if d == nil {
		m, _ := metric.Lookup(name)
		d = NewDistribution(m.Unit)
		c.values[name] = d
	}
	return d
}

func (c *cell) merge(o *cell) {
	c.requests.merge(o.requests)
	for class, n := range o.errors {
		c.errors[class] += n
	}
	for class, n := range o.broken {
		c.broken[class] += n
	}
	for source, n := range o.sources {
		c.sources[source] += n
	}
	for name, d := range o.values {
		c.value(name).Merge(d)
	}
	c.flow.merge(&o.flow)
	c.unreachable += o.unreachable
	c.tokens += o.tokens
	c.chunks += o.chunks
}

func (r *Requests) merge(o Requests) {
	r.Offered += o.Offered
	r.Succeeded += o.Succeeded
	r.Failed += o.Failed
	r.Dropped += o.Dropped
	r.HungUp += o.HungUp
	r.Censored += o.Censored
	r.Unsent += o.Unsent
	r.Unexpected += o.Unexpected
}

// stats describe the metrics that have values.
func (c *cell) stats() map[string]Stats {
	out := map[string]Stats{}
	for _, m := range metric.Table {
		if d := c.values[m.Name]; d != nil {
			out[m.Name] = d.Stats(string(m.Unit))
		}
	}
	return out
}

// rates are the metrics of the run that are known.
func (c *cell) rates(w event.Window) map[string]float64 {
	out := map[string]float64{}
	for _, m := range metric.Table {
		if m.Per != metric.PerRun {
			continue
		}
		if v := finite(c.flow.value(m.Name, w)); v != nil {
			out[m.Name] = *v
		}
	}
	return out
}

// tokenSource says who counted the tokens.
func (c *cell) tokenSource() string {
	switch len(c.sources) {
	case 0:
		return event.FromNone
	case 1:
		for source := range c.sources {
			return source
		}
	}
	return "mixed"
}
