package measure

import (
	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// cell is what the turns of a load, or of one of its stages, add up to.
type cell struct {
	Requests Requests
	Errors   map[event.Class]int
	Broken   map[event.Class]int // of errors, those that the scenario does not expect
	Flow     flow
	Values   map[string]*Distribution
	Sources  map[string]int
	// unreachable counts the turns that failed as if there were no endpoint for us.
	Unreachable int
	// tokens and chunks of the replies whose tokens the server counted.
	Tokens, Chunks int64
}

func newCell() *cell {
	return &cell{
		Errors: map[event.Class]int{}, Broken: map[event.Class]int{}, Values: map[string]*Distribution{}, Sources: map[string]int{},
	}
}

// count counts the turn by how it ended.
func (c *cell) count(t *event.Turn) {
	r := &c.Requests
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
		c.Errors[t.Class]++
	}
	if Unexpected(t) {
		r.Unexpected++
		if t.Class.Failed() {
			c.Broken[t.Class]++
		}
		if unreachable(t) {
			c.Unreachable++
		}
	}
	c.countTokens(t)
}

func (c *cell) countTokens(t *event.Turn) {
	source := t.Usage().Source
	if len(t.Requests) == 0 || source == event.FromNone || source == "" {
		return
	}
	c.Sources[source]++
	for i := range t.Requests {
		if r := &t.Requests[i]; r.Usage.Source == event.FromServer && r.Streamed {
			c.Tokens += int64(r.Usage.Output)
			c.Chunks += int64(r.Chunks)
		}
	}
}

// value returns the distribution of a metric.
func (c *cell) value(name string) *Distribution {
	d := c.Values[name]
	if d == nil {
		m, _ := metric.Lookup(name)
		d = NewDistribution(m.Unit)
		c.Values[name] = d
	}
	return d
}

func (c *cell) merge(o *cell) {
	c.Requests.merge(o.Requests)
	for class, n := range o.Errors {
		c.Errors[class] += n
	}
	for class, n := range o.Broken {
		c.Broken[class] += n
	}
	for source, n := range o.Sources {
		c.Sources[source] += n
	}
	for name, d := range o.Values {
		c.value(name).Merge(d)
	}
	c.Flow.merge(&o.Flow)
	c.Unreachable += o.Unreachable
	c.Tokens += o.Tokens
	c.Chunks += o.Chunks
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
		if d := c.Values[m.Name]; d != nil {
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
		if v := finite(c.Flow.value(m.Name, w)); v != nil {
			out[m.Name] = *v
		}
	}
	return out
}

// tokenSource says who counted the tokens.
func (c *cell) tokenSource() string {
	switch len(c.Sources) {
	case 0:
		return event.FromNone
	case 1:
		for source := range c.Sources {
			return source
		}
	}
	return "mixed"
}
