package measure

// Glance is how a run under load stands while it goes on, for whoever watches. It is made about once a second, and
// making it must hold up no turn for longer than recording one does.
type Glance struct {
	// Loads are those that turns were wanted of, in the order of the rules.
	Loads []LoadGlance
	// Objectives are judged by what there is so far, as if the run ended now.
	Objectives []Result
	// Lag is the 99th percentile of schedule_lag so far, in seconds; nil where no turn left yet.
	Lag *float64
}

// LoadGlance is how one load stands.
type LoadGlance struct {
	Load string
	// TTFT describes the turns that were wanted in the last ten seconds or so; a Count of 0 is none. It need not be
	// more exact than the series over time are.
	TTFT Band
}
