package telemetry

import (
	"github.com/prometheus/client_golang/prometheus"

	"aimbench/engine/event"
	"aimbench/engine/metric"
	"aimbench/engine/plan"
)

// placeLabels say where in the plan a turn belongs.
var placeLabels = []string{"load", "conversation", "turn", "endpoint"}

// place is a value of the placeLabels.
type place struct{ load, conversation, turn, endpoint string }

func (p place) values() []string { return []string{p.load, p.conversation, p.turn, p.endpoint} }

// key finds the place of a turn.
type key struct{ load, conversation, turn string }

// maxPlaces bounds the places of a run. A place costs about 300 series.
const maxPlaces = 64

// places are the places of all turns that the plan can run. Where there are more than maxPlaces, the turn's label is left
// empty, and where there are still too many, the conversation's is too.
func places(p *plan.Plan) map[key]place {
	out := map[key]place{}
	for _, loosen := range []func(*place){
		func(*place) {},
		func(at *place) { at.turn = "" },
		func(at *place) { at.turn, at.conversation = "", "" },
	} {
		distinct := map[place]bool{}
		each(p, func(k key, at place) {
			loosen(&at)
			out[k] = at
			distinct[at] = true
		})
		if len(distinct) <= maxPlaces {
			break
		}
	}
	return out
}

// moving are the places of the turns whose conversation has a robot.
func moving(p *plan.Plan, at map[key]place) map[place]bool {
	robots := map[string]bool{}
	for _, c := range p.Conversations {
		robots[c.Name] = c.Robot != nil
	}
	out := map[place]bool{}
	for k, place := range at {
		out[place] = out[place] || robots[k.conversation]
	}
	return out
}

// each calls yield for every turn of the plan.
func each(p *plan.Plan, yield func(key, place)) {
	if len(p.Loads) == 0 {
		for _, c := range p.Conversations {
			for _, t := range c.Turns {
				yield(key{"", c.Name, t.Name}, place{"", c.Name, t.Name, c.Endpoint.Name})
			}
		}
	}
	for _, l := range p.Loads {
		for _, m := range l.Mix {
			if m.Weight <= 0 {
				continue
			}
			c := m.Conversation
			for _, t := range c.Turns {
				yield(key{l.Name, c.Name, t.Name}, place{l.Name, c.Name, t.Name, c.Endpoint.Name})
			}
		}
	}
}

// classes are the values of the label class. Success is "ok".
func classes() []event.Class {
	return append([]event.Class{event.OK, event.HungUp, event.Censored, event.Dropped, event.Unsent}, event.Failures...)
}

func className(c event.Class) string {
	if c == event.OK {
		return "ok"
	}
	return string(c)
}

// vectors are the series of the places.
type vectors struct {
	histograms map[string]*histograms // by the metric's name
	ofRobot    map[string]*histograms // likewise, of those that only a robot has
	gestures   *prometheus.CounterVec
	requests   *prometheus.CounterVec
	warmup     *prometheus.CounterVec
	counters   map[string]*prometheus.CounterVec // by the metric's name
}

func newVectors(p *plan.Plan, registry prometheus.Registerer) *vectors {
	v := &vectors{histograms: map[string]*histograms{}, ofRobot: map[string]*histograms{}, counters: map[string]*prometheus.CounterVec{}}
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		c := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, append(placeLabels[:len(placeLabels):len(placeLabels)], labels...))
		registry.MustRegister(c)
		return c
	}
	for _, row := range metric.Table {
		switch {
		case row.Prometheus == "":
		case row.Name == "request_rate":
			v.requests = counter(row.Prometheus, "Turns that ended, by class: ok is success; warm-up is left out.", "class")
		case row.Unit == metric.Boolean || row.Unit == metric.PerSecond:
			v.counters[row.Name] = counter(row.Prometheus, counted[row.Name])
		default:
			h := newHistograms(row, buckets(row, p))
			registry.MustRegister(h)
			if row.OfRobot() {
				v.ofRobot[row.Name] = h
			} else {
				v.histograms[row.Name] = h
			}
		}
	}
	v.gestures = counter(metric.Gestures, "Gestures that came to their end, by how: done is success.", "status")
	v.warmup = counter(metric.WarmupRequests, "Turns that ended in the warm-up, which no other series counts.")
	return v
}

// counted says what the counters of the table's rates and truths count.
var counted = map[string]string{
	"output_rate": "Tokens generated, by the server's usage, or content chunks where it reports none.",
	"input_rate":  "Tokens of prompts, by the server's usage.",
	"error":       "Turns that failed.",
	"dropped":     "Turns that found max_in_flight full and were not sent.",
}

// series are those of one place, resolved once, so that a turn looks up no labels.
type series struct {
	histograms             map[string]*histogram
	classes                map[event.Class]prometheus.Counter
	warmup                 prometheus.Counter
	errors, dropped        prometheus.Counter
	outputTokens, inTokens prometheus.Counter
	gestures               map[event.GestureStatus]prometheus.Counter // empty where there is no robot
}

// at makes the series of a place, all of them 0. Only a place with a robot has those of one.
func (v *vectors) at(p place, robot bool) *series {
	labels := p.values()
	s := &series{
		histograms: map[string]*histogram{}, classes: map[event.Class]prometheus.Counter{}, warmup: v.warmup.WithLabelValues(labels...),
		errors: v.counters["error"].WithLabelValues(labels...), dropped: v.counters["dropped"].WithLabelValues(labels...),
		outputTokens: v.counters["output_rate"].WithLabelValues(labels...), inTokens: v.counters["input_rate"].WithLabelValues(labels...),
	}
	for name, h := range v.histograms {
		s.histograms[name] = h.at(labels)
	}
	if robot {
		for name, h := range v.ofRobot {
			s.histograms[name] = h.at(labels)
		}
		s.gestures = map[event.GestureStatus]prometheus.Counter{}
		for _, status := range event.GestureStatuses {
			s.gestures[status] = v.gestures.WithLabelValues(append(labels, string(status))...)
		}
	}
	for _, c := range classes() {
		s.classes[c] = v.requests.WithLabelValues(append(labels, className(c))...)
	}
	return s
}
