package scenario

// most bounds users, and conversations a second, to what a hundred machines could drive: each user is memory.
const most = 1_000_000

var loadBlock = &Block{
	Name: "load", Label: "name", Many: true,
	Doc: "which conversations run, how many at once or how often, and for how long; with users it is a closed loop, with arrival or replay an open one",
	Arguments: []Argument{
		{Name: "users", Kind: KindValue, Type: TypeInteger, Bounds: Bounds{Min: bound(1), Max: bound(most)}, Unit: "users", Doc: "closed loop: each user starts a conversation when the last one ended; with stages, how many there are before the first"},
		{Name: "arrival", Kind: KindKeyword, Words: []string{"constant", "poisson", "gamma"}, Doc: "open loop: how conversations arrive, whether or not others have ended"},
		{Name: "rate", Kind: KindValue, Type: TypeNumber, Bounds: Bounds{Min: bound(0), Above: true, Max: bound(most)}, Unit: "conversations a second", Doc: "with arrival: how often; stages may say it instead"},
		{Name: "shape", Kind: KindValue, Type: TypeNumber, Bounds: positive, Doc: "with arrival = gamma: below 1 in bursts, above 1 more even, 1 as poisson"},
		{Name: "iterations", Kind: KindValue, Type: TypeInteger, Bounds: atLeastOne, Unit: "conversations", Doc: "how many conversations in all"},
		{Name: "duration", Kind: KindValue, Type: TypeDuration, Bounds: positive, Doc: "for how long new conversations start"},
		{Name: "max_in_flight", Kind: KindValue, Type: TypeInteger, Bounds: atLeastOne, Unit: "conversations", Doc: "open loop: a conversation that finds so many others is dropped, and counts as its first turn"},
		{Name: "warmup", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "time at the first rate before the measurement, or the first part of a replay; shown apart"},
		{Name: "graceful_stop", Kind: KindValue, Type: TypeDuration, Default: `"30s"`, Bounds: notNegative, Doc: "time that conversations get to end when no more start; then they are cut off"},
		{Name: "start", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "wait before the load starts, from the run's start or the end of after"},
		{Name: "after", Kind: KindReference, To: []string{"load"}, Doc: "start when that load has ended; else at once"},
		{Name: "seed", Kind: KindValue, Type: TypeInteger, Default: "1", Doc: "seed of arrivals, of the mix and of everything drawn"},
	},
	Blocks: []*Block{
		{
			Name: "mix", Many: true, Required: true, Dynamic: true, Doc: "a conversation and its share of the load",
			Arguments: []Argument{
				{Name: "conversation", Kind: KindReference, Required: true, To: []string{"conversation"}, Doc: "what runs"},
				{Name: "weight", Kind: KindValue, Type: TypeNumber, Default: "1", Bounds: notNegative, Doc: "share, relative to the other mix blocks"},
			},
		},
		{
			Name: "stage", Label: "name", Many: true, Dynamic: true, Doc: "a step of the schedule, after the one before",
			Arguments: []Argument{
				{Name: "target", Kind: KindValue, Type: TypeNumber, Required: true, Bounds: Bounds{Min: bound(0), Max: bound(most)}, Unit: "users, or conversations a second", Doc: "users where users is given, else conversations a second"},
				{Name: "ramp", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "time to get there in a straight line; 0 is a step"},
				{Name: "hold", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "time to stay there"},
			},
		},
		{
			Name: "replay", Doc: "open loop: arrivals from a dataset",
			Arguments: []Argument{
				{Name: "dataset", Kind: KindReference, Required: true, To: []string{"dataset"}, Doc: "rows in the order of their arrival; the first arrives at once"},
				{Name: "at", Kind: KindValue, Type: TypeString, Default: `"timestamp"`, Doc: "column of the time of arrival"},
				{Name: "unit", Kind: KindKeyword, Words: []string{"s", "ms", "us", "ns"}, Default: "ms", Doc: "unit of that column"},
				{Name: "speedup", Kind: KindValue, Type: TypeNumber, Default: "1", Bounds: positive, Doc: "how many times faster than recorded"},
				{Name: "limit", Kind: KindValue, Type: TypeInteger, Bounds: atLeastOne, Unit: "rows", Doc: "most rows to take"},
			},
		},
	},
}

// scopeArguments narrow an slo or an objective.
var scopeArguments = []Argument{
	{Name: "load", Kind: KindReference, To: []string{"load"}, Doc: "count only turns of this load"},
	{Name: "conversation", Kind: KindReference, To: []string{"conversation"}, Doc: "count only turns of this conversation"},
	{Name: "turn", Kind: KindReference, To: []string{"turn"}, Doc: "count only this turn, conversation.NAME.TURN"},
}

var sloBlock = &Block{
	Name: "slo", Label: "name", Many: true,
	Doc:       "what must hold over all that was measured",
	Arguments: scopeArguments,
	Blocks: []*Block{{
		Name: "objective", Label: "name", Many: true, Required: true,
		Doc: "a limit on one measured value: exactly one of max and min",
		Arguments: append([]Argument{
			{Name: "value", Kind: KindClosure, Required: true, Doc: "p(metric.NAME, percent), mean(metric.NAME), share(condition), goodput(condition), or a metric of the whole run"},
			{Name: "max", Kind: KindValue, Type: TypeLimit, Doc: "most that the value may be"},
			{Name: "min", Kind: KindValue, Type: TypeLimit, Doc: "least that the value may be"},
			{Name: "by", Kind: KindKeyword, Words: []string{"stage"}, Doc: "one verdict a stage; the last that passes is the capacity"},
			{Name: "abort", Kind: KindValue, Type: TypeBool, Default: "false", Doc: "end the run when two checks in a row fail"},
			{Name: "grace", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "time before abort is looked at"},
			{Name: "confidence", Kind: KindValue, Type: TypeNumber, Bounds: Bounds{Min: bound(0), Max: bound(1), Above: true, Below: true}, Doc: "the whole interval of this confidence must pass, and must fail to fail; between is inconclusive"},
			{Name: "min_samples", Kind: KindValue, Type: TypeInteger, Default: "1", Bounds: atLeastOne, Unit: "turns", Doc: "with fewer the objective has no data"},
			{Name: "optional", Kind: KindValue, Type: TypeBool, Default: "false", Doc: "no data is not a failure"},
		}, scopeArguments...),
	}},
}
