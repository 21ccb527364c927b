package scenario

var rubricBlock = &Block{
	Name: "rubric", Label: "name", Many: true,
	Doc: "a quality of a reply that a model judges; used as rubric.NAME by assertions, and judged only where one uses it",
	Arguments: []Argument{
		{Name: "criteria", Kind: KindLazy, Type: TypeString, Required: true, Sees: []string{"row", "iteration"},
			Doc: "what the reply is held to, in the words that the judge is given"},
		{Name: "endpoint", Kind: KindReference, To: []string{"endpoint"}, Doc: "who judges; may be left out where there is one endpoint"},
		{Name: "votes", Kind: KindValue, Type: TypeInteger, Default: "1", Bounds: Bounds{Min: bound(1), Max: bound(maxVotes)}, Unit: "votes",
			Doc: "how often the judge is asked about one reply; more than half of the votes decide"},
		{Name: "threshold", Kind: KindValue, Type: TypeNumber, Default: "0.7", Bounds: aShare, Doc: "score from which a vote says that the criteria are met"},
		{Name: "share", Kind: KindValue, Type: TypeNumber, Default: "1", Bounds: Bounds{Min: bound(0), Max: bound(1), Above: true}, Unit: "share",
			Doc: "share of the replies that are judged under load, drawn by its seed; of the others, assertions that use the rubric are not checked"},
		{Name: "temperature", Kind: KindValue, Type: TypeNumber, Bounds: Bounds{Min: bound(0), Max: bound(2)},
			Doc: "sampling temperature of the judge; where it is left out, 0 for one vote and 0.7 for several, which would else be the same"},
		{Name: "max_tokens", Kind: KindValue, Type: TypeInteger, Default: "1024", Bounds: atLeastOne, Unit: "tokens", Doc: "most tokens that a vote may take, with the thoughts of a reasoning model"},
		{Name: "max_in_flight", Kind: KindValue, Type: TypeInteger, Default: "8", Bounds: atLeastOne, Unit: "requests", Doc: "most votes that are asked for at once; under load the others wait, and hold up no turn"},
	},
}

// maxVotes bounds what judging one reply costs.
const maxVotes = 25
