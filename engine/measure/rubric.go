package measure

import (
	"maps"
	"slices"

	"aimbench/engine/event"
	"aimbench/engine/metric"
)

// Rubric is what the judgements by one rubric came to.
type Rubric struct {
	Name string `json:"name"`
	// Endpoint is the one that judges.
	Endpoint string `json:"endpoint"`
	// Threshold is the score from which a vote says that the criteria are met.
	Threshold float64 `json:"threshold"`
	// Met, Missed and Inconclusive count the replies that were judged, by what most votes said.
	Met          int `json:"met"`
	Missed       int `json:"missed"`
	Inconclusive int `json:"inconclusive"`
	// Asked counts the requests to the judge, and Lost those of them that gave no score.
	Asked int `json:"asked"`
	Lost  int `json:"lost"`
	// Tokens are those of the judge's requests and answers, as far as its server counts them.
	Tokens int `json:"tokens"`
	// Score describes the scores of the replies, from 0 to 1; Took how long the judge took for a vote, in seconds.
	Score Stats `json:"score"`
	Took  Stats `json:"took"`
}

// rubrics add up judgements by the rubric's name.
type rubrics map[string]*rubricTally

type rubricTally struct {
	Rubric      Rubric
	Score, Took *Distribution
}

func (r rubrics) of(name string) *rubricTally {
	if r[name] == nil {
		r[name] = newRubricTally(name)
	}
	return r[name]
}

// newRubricTally keeps scores to the millionth, as seconds are.
func newRubricTally(name string) *rubricTally {
	return &rubricTally{Rubric: Rubric{Name: name}, Score: NewDistribution(metric.Seconds), Took: NewDistribution(metric.Seconds)}
}

func (r rubrics) add(t *event.Turn) {
	for i := range t.Judgements {
		j := &t.Judgements[i]
		of := r.of(j.Rubric)
		of.Rubric.Endpoint, of.Rubric.Threshold = j.Endpoint, j.Threshold
		switch j.Outcome {
		case event.Passed:
			of.Rubric.Met++
		case event.Failed:
			of.Rubric.Missed++
		default:
			of.Rubric.Inconclusive++
		}
		if j.Score != nil {
			of.Score.Add(Value{V: *j.Score})
		}
		for k := range j.Votes {
			of.vote(&j.Votes[k])
		}
	}
}

func (r *rubricTally) vote(v *event.Vote) {
	took, asked := v.Took()
	if !asked {
		return
	}
	r.Rubric.Asked++
	r.Took.Add(Value{V: took.Seconds()})
	if v.Score == nil {
		r.Rubric.Lost++
	}
	if v.Usage.Source == event.FromServer {
		r.Rubric.Tokens += v.Usage.Input + v.Usage.Output
	}
}

func (r rubrics) merge(o rubrics) {
	for name, from := range o {
		to := r.of(name)
		a, b := &to.Rubric, &from.Rubric
		a.Endpoint, a.Threshold = b.Endpoint, b.Threshold
		a.Met += b.Met
		a.Missed += b.Missed
		a.Inconclusive += b.Inconclusive
		a.Asked += b.Asked
		a.Lost += b.Lost
		a.Tokens += b.Tokens
		to.Score.Merge(from.Score)
		to.Took.Merge(from.Took)
	}
}

// summary lists them by name.
func (r rubrics) summary() []Rubric {
	var out []Rubric
	for _, name := range slices.Sorted(maps.Keys(r)) {
		sum := r[name].Rubric
		sum.Score, sum.Took = r[name].Score.Stats("score"), r[name].Took.Stats(string(metric.Seconds))
		out = append(out, sum)
	}
	return out
}
