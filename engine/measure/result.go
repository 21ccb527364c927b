package measure

import "math"

// Result is an objective with what was measured.
type Result struct {
	Objective
	Finding
	// LimitValue is the one of max and min that is set.
	LimitValue *float64 `json:"limit"`
	// Stages has one finding a stage where the objective is judged by stage; the result's own is then that of the stage
	// that decided.
	Stages []StageResult `json:"stages,omitempty"`
	// HeldUpTo is the last stage that passed before one did not: the capacity. Nil where none did, and where all did.
	HeldUpTo *StageResult `json:"held_up_to,omitempty"`
}

// Finding is what was measured of an objective, and the verdict on it.
type Finding struct {
	Verdict Verdict `json:"verdict"`
	// Samples is the number of values, or of turns offered, that were judged.
	Samples int64 `json:"samples"`
	// Value is in the objective's unit; nil where it is unknown, and where it is slower than everything observed.
	Value *float64 `json:"value"`
	// Above is set where Value is slower than everything observed: it exceeds this.
	Above *float64 `json:"above,omitempty"`
	// Low and High bound the value where it is not certain; a missing High is unbounded.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
	// Margin is the share of the limit that is to spare, negative where the limit is exceeded; nil where it has no
	// meaning: without a value, and for a limit of 0.
	Margin *float64 `json:"margin"`
	// Effective is the number of independent samples that would tell as much as the ones there are, which come in
	// bursts; 0 where no interval was made.
	Effective float64 `json:"effective,omitempty"`
	// Settle is about how many seconds more would settle what is inconclusive; nil where that is not known.
	Settle *float64 `json:"settle,omitempty"`
	// Note says why there is no interval though one was asked for, or what else is to be known.
	Note string `json:"note,omitempty"`
}

// margin is the share of the limit that v leaves to spare; negative where v exceeds it, NaN for a limit of 0.
func margin(v, limit float64, isMax bool) float64 {
	switch {
	case limit == 0:
		return math.NaN()
	case isMax:
		return (limit - v) / math.Abs(limit)
	}
	return (v - limit) / math.Abs(limit)
}

// finite returns nil for what JSON cannot say, and all else to nine decimals: nanoseconds, where it is seconds.
func finite(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	x = math.Round(x*1e9) / 1e9
	return &x
}

// Gates reports whether the result keeps the run from passing.
func (r *Result) Gates() bool {
	switch r.Verdict {
	case Pass:
		return false
	case NoData:
		return !r.Optional
	}
	return true
}
