package event

import "time"

// Judgement is what a rubric came to for a turn's reply. The judge's requests are its own: none of them counts among the
// turn's, nor in any metric.
type Judgement struct {
	Rubric string `json:"rubric"`
	// Endpoint is the judge's.
	Endpoint string `json:"endpoint"`
	// Outcome is Passed where more than half of the votes reach the threshold, Failed where more than half do not, and
	// Inconclusive where neither is so: nobody could tell.
	Outcome Outcome `json:"outcome"`
	// Threshold is the score from which a vote says that the criteria are met.
	Threshold float64 `json:"threshold"`
	// Score is the median of the votes that could be read, from 0 to 1; nil where the outcome is Inconclusive.
	Score *float64 `json:"score"`
	// Reason is the judge's own, of the vote nearest to the score.
	Reason string `json:"reason,omitempty"`
	// Message says why nobody could tell; empty where the judge did.
	Message string `json:"message,omitempty"`
	Votes   []Vote `json:"votes"`
	// Start is when the judge was to be asked, End when the last vote was in.
	Start Instant `json:"start"`
	End   Instant `json:"end"`
}

// Vote is one answer of a judge.
type Vote struct {
	// Score is from 0 to 1; nil where the judge gave none, which Message then explains.
	Score  *float64 `json:"score"`
	Reason string   `json:"reason,omitempty"`
	// Class says how the request ended; Protocol also where it succeeded and its answer is not what was asked for.
	Class   Class  `json:"error_class"`
	Message string `json:"message,omitempty"`
	// Dispatched is when the request was made, after a wait for others to end; it is 0 where it was not.
	Dispatched Instant `json:"dispatched"`
	End        Instant `json:"end"`
	Usage      Usage   `json:"usage"`
}

// Took is how long the judge took for the vote; false where it was not asked.
func (v *Vote) Took() (time.Duration, bool) { return v.End.Since(v.Dispatched) }
