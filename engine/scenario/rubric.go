package scenario

import (
	"fmt"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/zclconf/go-cty/cty"
)

// Rubric is a quality of a reply that a model judges.
type Rubric struct {
	Name string
	// Criteria is lazy, so that it may draw from a dataset.
	Criteria Expr
	Endpoint *Endpoint
	Votes    int
	// Threshold is the score, within [0, 1], from which a vote says that the criteria are met.
	Threshold float64
	// Share is that of the replies that are judged under load, within (0, 1].
	Share       float64
	Temperature float64
	MaxTokens   int
	// MaxInFlight bounds the requests that are under way to the judge at once.
	MaxInFlight int
	Range       hcl.Range
}

// sampledVotes is the temperature of several votes where the scenario names none: at 0 they would all be the same.
const sampledVotes = 0.7

// rubric reads a rubric block.
func (d *decoder) rubric(n *node) {
	r := &Rubric{
		Name: n.label, Criteria: n.exprs["criteria"], Endpoint: d.endpointOf(n), Votes: n.integer("votes"), Threshold: n.float("threshold"), Share: n.float("share"),
		Temperature: n.float("temperature"), MaxTokens: n.integer("max_tokens"), MaxInFlight: n.integer("max_in_flight"), Range: n.rng,
	}
	if r.Votes > 1 && !n.given("temperature") {
		r.Temperature = sampledVotes
	}
	if e := r.Endpoint; e != nil && e.API == "completions" {
		d.fail(n.at("endpoint"), "Not a judge", fmt.Sprintf("endpoint %q has api = completions: a judge must answer in a form of ours, which only chat can be asked for.", e.Name))
	}
	d.rowTypes().check(r.Criteria, n.file, nil, nil)
	d.rubrics[r.Name] = r
	d.scenario.Rubrics = append(d.scenario.Rubrics, r)
}

// RehearsedVote is what the embedded endpoint answers a judge's question with in a rehearsal, where nobody judges.
var RehearsedVote = SimulatorReply{
	When: `^\{"user":".*","reply":".*"\}$`, Text: `{"reason":"a rehearsal: nobody judged this","score":10}`,
}

// rubricFields is the one list of what rubric.NAME has.
var rubricFields = []field{
	{"score", cty.Number, "the median of the votes, from 0 (not met at all) to 1 (met in full)"},
	{"met", cty.Bool, "whether most votes reach the rubric's threshold"},
	{"reason", cty.String, "the judge's own words, of the vote nearest to the score"},
	{"votes", cty.List(cty.Number), "the score of each vote that could be read"},
}

var rubricType = typeOf(rubricFields)

// rubricsType is the type of rubric, with every rubric of the scenario.
func (d *decoder) rubricsType() cty.Type {
	types := map[string]cty.Type{}
	for name := range d.rubrics {
		types[name] = rubricType
	}
	return cty.Object(types)
}

// rubricsOf are the rubrics that the assertions use, in the order in which they do.
func (d *decoder) rubricsOf(asserts []*Assert) []*Rubric {
	var out []*Rubric
	for _, a := range asserts {
		for _, name := range a.Rubrics() {
			if r := d.rubrics[name]; r != nil && !slices.Contains(out, r) {
				out = append(out, r)
			}
		}
	}
	return out
}

// Judged is what a rubric came to, as rubric.NAME shows it to assertions.
type Judged struct {
	// Undecided says why nobody could tell; empty where the judge did, and only then the rest means anything.
	Undecided string
	Score     float64
	Met       bool
	Reason    string
	Votes     []float64
}

func (j *Judged) value() cty.Value {
	votes := cty.ListValEmpty(cty.Number)
	if len(j.Votes) > 0 {
		all := make([]cty.Value, len(j.Votes))
		for i, v := range j.Votes {
			all[i] = asWritten(v)
		}
		votes = cty.ListVal(all)
	}
	return cty.ObjectVal(map[string]cty.Value{
		"score": asWritten(j.Score), "met": cty.BoolVal(j.Met), "reason": cty.StringVal(j.Reason), "votes": votes,
	})
}

// asWritten is a number as it is written, so that a score of 0.9 is no more and no less than 0.9 in an expression.
func asWritten(x float64) cty.Value { return cty.MustParseNumberVal(decimal(x)) }

// rubricsValue leaves out what nobody could tell.
func rubricsValue(judged map[string]Judged) cty.Value {
	values := map[string]cty.Value{}
	for name, j := range judged {
		if j.Undecided == "" {
			values[name] = j.value()
		}
	}
	return cty.ObjectVal(values)
}

// JudgeName is the name of the endpoint that judges where no rubric says which.
const JudgeName = "judge"

// NewRubric is a rubric that no scenario file declares, with the defaults of the table and without criteria. The scenario's
// endpoint of JudgeName judges, or its only one.
func NewRubric(s *Scenario, name string) (*Rubric, error) {
	n := &node{spec: rubricBlock}
	r := &Rubric{
		Name: name, Votes: n.integer("votes"), Threshold: n.float("threshold"), Share: 1, MaxTokens: n.integer("max_tokens"), MaxInFlight: n.integer("max_in_flight"),
	}
	for _, e := range s.Endpoints {
		if e.Name == JudgeName || len(s.Endpoints) == 1 {
			r.Endpoint = e
		}
	}
	switch {
	case r.Endpoint == nil:
		return nil, fmt.Errorf("the scenario has several endpoints, and none is named %q", JudgeName)
	case r.Endpoint.API == "completions":
		return nil, fmt.Errorf("endpoint %q has api = completions, which cannot judge", r.Endpoint.Name)
	}
	return r, nil
}
