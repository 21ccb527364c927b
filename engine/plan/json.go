package plan

import (
	"cmp"
	"encoding/json"
	"fmt"

	"aimbench/engine/scenario"
)

// MarshalJSON writes the plan for programs and for the head of a results file. Secrets are not written.
func (p *Plan) MarshalJSON() ([]byte, error) {
	raw, err := json.Marshal(p.document())
	if err != nil {
		return nil, fmt.Errorf("plan of %s: %w", p.Scenario.Name, err)
	}
	return raw, nil
}

// document is the plan as JSON. Durations are in seconds.
type document struct {
	Scenario      string             `json:"scenario"`
	Digest        string             `json:"digest"`
	Seed          int64              `json:"seed"`
	Simulated     bool               `json:"simulated"`
	Timeout       float64            `json:"timeout,omitempty"`
	Duration      *float64           `json:"duration,omitempty"`
	Endpoints     []endpointJSON     `json:"endpoints"`
	Robots        []robotJSON        `json:"robots"`
	Gestures      []gestureJSON      `json:"gestures"`
	Conversations []conversationJSON `json:"conversations"`
	Rubrics       []rubricJSON       `json:"rubrics,omitempty"`
	Loads         []loadJSON         `json:"loads"`
	Objectives    []objectiveJSON    `json:"objectives"`
	Skipped       []string           `json:"skipped"`
}

type endpointJSON struct {
	Name      string `json:"name"`
	BaseURL   string `json:"base_url,omitempty"`
	Model     string `json:"model,omitempty"`
	API       string `json:"api"`
	Simulator bool   `json:"simulator"`
	// SizesPrompts: its tokens are measured before the run.
	SizesPrompts bool `json:"sizes_prompts"`
}

type robotJSON struct {
	Name      string `json:"name"`
	URL       string `json:"url,omitempty"`
	Simulator bool   `json:"simulator"`
	Share     string `json:"share,omitempty"`
}

type gestureJSON struct {
	Name     string  `json:"name"`
	Kind     string  `json:"kind"`
	Builtin  bool    `json:"builtin"`
	Moves    int     `json:"moves"`
	Duration float64 `json:"duration"`
}

type conversationJSON struct {
	Name     string     `json:"name"`
	Endpoint string     `json:"endpoint"`
	Robot    string     `json:"robot,omitempty"`
	Tools    []string   `json:"tools,omitempty"`
	Datasets []string   `json:"datasets,omitempty"`
	Turns    []turnJSON `json:"turns"`
}

type turnJSON struct {
	Name       string `json:"name"`
	User       string `json:"user"`
	Assertions int    `json:"assertions"`
	// Rubrics are those that the reply is judged by.
	Rubrics []string `json:"rubrics,omitempty"`
}

type rubricJSON struct {
	Name string `json:"name"`
	// Judge is the endpoint that judges.
	Judge       endpointJSON `json:"judge"`
	Votes       int          `json:"votes"`
	Threshold   float64      `json:"threshold"`
	Share       float64      `json:"share"`
	MaxInFlight int          `json:"max_in_flight"`
}

type loadJSON struct {
	Name          string      `json:"name"`
	Kind          string      `json:"kind"`
	Arrival       string      `json:"arrival,omitempty"`
	Peak          float64     `json:"peak"`
	Conversations *float64    `json:"conversations,omitempty"`
	Duration      *float64    `json:"duration,omitempty"`
	Start         float64     `json:"start"`
	After         string      `json:"after,omitempty"`
	Seed          int64       `json:"seed"`
	Mix           []mixJSON   `json:"mix"`
	Stages        []stageJSON `json:"stages,omitempty"`
}

type mixJSON struct {
	Conversation string  `json:"conversation"`
	Weight       float64 `json:"weight"`
}

type stageJSON struct {
	Name   string  `json:"name"`
	Target float64 `json:"target"`
	Ramp   float64 `json:"ramp"`
	Hold   float64 `json:"hold"`
}

type objectiveJSON struct {
	ID           string   `json:"id"`
	Value        string   `json:"value"`
	Max          *float64 `json:"max,omitempty"`
	Min          *float64 `json:"min,omitempty"`
	Load         string   `json:"load,omitempty"`
	Conversation string   `json:"conversation,omitempty"`
	Turn         string   `json:"turn,omitempty"`
}

// document redacts each text by itself: a secret may look like a part of JSON.
func (p *Plan) document() document {
	redact := p.Scenario.Secrets.Redact
	d := document{
		Scenario: p.Scenario.Name, Digest: p.Scenario.Digest, Seed: p.Seed, Simulated: p.Simulated, Timeout: p.Timeout.Seconds(),
		Endpoints: []endpointJSON{}, Robots: []robotJSON{}, Gestures: []gestureJSON{}, Conversations: []conversationJSON{}, Loads: []loadJSON{}, Objectives: []objectiveJSON{},
		Skipped: append([]string{}, p.Skipped...),
	}
	if length, known := p.whole(); known {
		s := length.Seconds()
		d.Duration = &s
	}
	for _, e := range p.Endpoints {
		d.Endpoints = append(d.Endpoints, p.endpointDocument(e))
	}
	for _, r := range p.Robots {
		j := robotJSON{Name: r.Name, URL: redact(r.DaemonURL), Simulator: r.Simulator != nil}
		if r.ShareFirst {
			j.Share = "first"
		}
		d.Robots = append(d.Robots, j)
	}
	for _, g := range p.used() {
		what, _ := GestureOf(g)
		kind := cmp.Or(string(what.Kind), "moves")
		d.Gestures = append(d.Gestures, gestureJSON{g.Name, kind, g.Builtin, len(what.Moves), what.Duration().Seconds()})
	}
	for _, c := range p.Conversations {
		d.Conversations = append(d.Conversations, conversationDocument(c, redact))
	}
	for _, r := range p.Rubrics {
		d.Rubrics = append(d.Rubrics, rubricJSON{r.Name, p.endpointDocument(r.Endpoint), r.Votes, r.Threshold, r.Share, r.MaxInFlight})
	}
	for _, l := range p.Loads {
		d.Loads = append(d.Loads, loadDocument(l))
	}
	for _, o := range p.Objectives {
		j := objectiveJSON{ID: o.ID, Value: redact(o.Value.Text), Max: o.Max, Min: o.Min, Turn: o.Turn}
		if o.Load != nil {
			j.Load = o.Load.Name
		}
		if o.Conversation != nil {
			j.Conversation = o.Conversation.Name
		}
		d.Objectives = append(d.Objectives, j)
	}
	return d
}

func (p *Plan) endpointDocument(e *scenario.Endpoint) endpointJSON {
	redact := p.Scenario.Secrets.Redact
	return endpointJSON{e.Name, redact(e.BaseURL), redact(e.Model), e.API, e.Simulator != nil, p.sizes(e)}
}

func conversationDocument(c *scenario.Conversation, redact func(string) string) conversationJSON {
	j := conversationJSON{Name: c.Name, Endpoint: c.Endpoint.Name, Turns: []turnJSON{}}
	if c.Robot != nil {
		j.Robot = c.Robot.Name
	}
	for _, t := range c.Tools {
		j.Tools = append(j.Tools, t.Name)
	}
	for _, d := range c.Datasets {
		j.Datasets = append(j.Datasets, d.Name)
	}
	for _, t := range c.Turns {
		turn := turnJSON{Name: t.Name, User: redact(t.User.Text()), Assertions: len(t.Asserts)}
		for _, r := range t.Rubrics {
			turn.Rubrics = append(turn.Rubrics, r.Name)
		}
		j.Turns = append(j.Turns, turn)
	}
	return j
}

func loadDocument(l *scenario.Load) loadJSON {
	j := loadJSON{Name: l.Name, Kind: "open", Arrival: l.Arrival, Peak: Peak(l), Start: l.Start.Seconds(), Seed: l.Seed, Mix: []mixJSON{}}
	switch {
	case l.Users > 0:
		j.Kind = "closed"
	case l.Replay != nil:
		j.Kind = "replay"
	}
	if n, known := Conversations(l); known {
		j.Conversations = &n
	}
	if length, known := Length(l); known {
		s := length.Seconds()
		j.Duration = &s
	}
	if l.After != nil {
		j.After = l.After.Name
	}
	for _, m := range l.Mix {
		j.Mix = append(j.Mix, mixJSON{m.Conversation.Name, m.Weight})
	}
	for _, s := range l.Stages {
		j.Stages = append(j.Stages, stageJSON{s.Name, s.Target, s.Ramp.Seconds(), s.Hold.Seconds()})
	}
	return j
}
