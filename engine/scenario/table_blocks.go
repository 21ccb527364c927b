package scenario

// Table is the one table of the language: decoding, docs/language.md, `aimbench help language`, completion and
// suggestions are made from it.
var Table = []*Block{
	aimbenchBlock, variableBlock, localsBlock, datasetBlock, endpointBlock, robotBlock, gestureBlock, toolBlock,
	rubricBlock, conversationBlock, loadBlock, sloBlock,
}

var aimbenchBlock = &Block{
	Name: "aimbench", Doc: "the version of the language that the file is written in",
	Arguments: []Argument{
		{Name: "language", Kind: KindValue, Type: TypeInteger, Default: "1", Bounds: atLeastOne,
			Doc: "version of the language; a newer one than the program knows is refused before anything else is read"},
	},
}

var variableBlock = &Block{
	Name: "variable", Label: "name", Many: true,
	Doc: "an input of the scenario, used as var.NAME",
	Arguments: []Argument{
		{Name: "type", Kind: KindType, Doc: "type of the value, such as string, number, bool, list(string) or object({…}); that of the default where it is left out"},
		{Name: "default", Kind: KindValue, Type: TypeJSON, Doc: "value where nothing else sets one; without a default the variable must be set"},
		{Name: "description", Kind: KindValue, Type: TypeString, Doc: "what the variable is for"},
		{Name: "sensitive", Kind: KindValue, Type: TypeBool, Default: "false", Doc: "the value, and what is made from it, is never printed"},
	},
	Blocks: []*Block{{
		Name: "validation", Many: true, Doc: "a promise about the value",
		Arguments: []Argument{
			{Name: "condition", Kind: KindLazy, Type: TypeBool, Required: true, Doc: "must hold for the value"},
			{Name: "error_message", Kind: KindLazy, Type: TypeString, Required: true, Doc: "what to say where it does not"},
		},
	}},
}

var localsBlock = &Block{
	Name: "locals", Many: true, Free: true,
	Doc: "named values, used as local.NAME; each may use the others in any order, but not in a circle",
}

var datasetBlock = &Block{
	Name: "dataset", Label: "name", Many: true,
	Doc: "rows that conversations draw from, used as row.NAME; a conversation draws one row from each dataset it refers to",
	Arguments: []Argument{
		{Name: "source", Kind: KindValue, Type: TypeString, Required: true, Doc: "file beside the scenario: JSON Lines, JSON, CSV or text; ShareGPT and OpenAI messages as they are"},
		{Name: "order", Kind: KindKeyword, Words: []string{"sequential", "shuffled"}, Default: "sequential", Doc: "order in which rows are drawn"},
		{Name: "seed", Kind: KindValue, Type: TypeInteger, Default: "0", Doc: "seed of the shuffled order"},
		{Name: "on_end", Kind: KindKeyword, Words: []string{"wrap", "stop"}, Default: "wrap", Doc: "after the last row: start again, or stop"},
	},
}

var toolBlock = &Block{
	Name: "tool", Label: "name", Many: true,
	Doc: "a function that the model may call",
	Arguments: []Argument{
		{Name: "description", Kind: KindValue, Type: TypeString, Doc: "what the model is told about the function"},
		{Name: "parameters", Kind: KindValue, Type: TypeJSONMap, Doc: "JSON schema of the arguments; none where it is left out"},
		{Name: "result", Kind: KindLazy, Type: TypeJSON, Sees: []string{"call"},
			Doc: "what is sent back to the model: text as it is, anything else as JSON; with gesture it may be left out"},
		{Name: "gesture", Kind: KindReference, To: []string{"gesture"}, Doc: "what the conversation's robot does at a call; the model is answered at once, while it moves"},
		{Name: "max_calls", Kind: KindValue, Type: TypeInteger, Default: "8", Bounds: atLeastOne, Unit: "calls", Doc: "calls answered in one turn; the model is told that a further one is too many, and it moves nothing"},
	},
}

// inTurn are the names that may be used before a reply has come, afterReply those after.
var (
	inTurn     = []string{"row", "iteration", "turn"}
	afterReply = []string{"response", "row", "iteration", "turn"}
	inAssert   = []string{"response", "row", "iteration", "turn", "perform", "robot", "rubric"}
)

// requestArguments are a turn's arguments that a conversation's defaults may set too.
var requestArguments = []Argument{
	{Name: "max_tokens", Kind: KindLazy, Type: TypeInteger, Drawn: true, Bounds: atLeastOne, Unit: "tokens", Sees: inTurn, Doc: "most tokens that the reply may have"},
	{Name: "output_tokens", Kind: KindLazy, Type: TypeInteger, Drawn: true, Bounds: atLeastOne, Unit: "tokens", Sees: inTurn,
		Doc: "exact number of tokens of the reply, where the server allows it: max_tokens, min_tokens and ignore_eos together"},
	{Name: "temperature", Kind: KindLazy, Type: TypeNumber, Drawn: true, Bounds: Bounds{Min: bound(0), Max: bound(2)}, Sees: inTurn, Doc: "sampling temperature"},
	{Name: "top_p", Kind: KindLazy, Type: TypeNumber, Drawn: true, Bounds: Bounds{Min: bound(0), Max: bound(1), Above: true}, Sees: inTurn, Doc: "share of probability that tokens are sampled from"},
	{Name: "seed", Kind: KindLazy, Type: TypeInteger, Sees: inTurn, Doc: "seed of the server's sampling"},
	{Name: "stop", Kind: KindLazy, Type: TypeStrings, Sees: inTurn, Doc: "texts that end the reply"},
	{Name: "stream", Kind: KindValue, Type: TypeBool, Default: "true", Doc: "ask for a stream of tokens, else for the whole reply at once"},
	{Name: "response_format", Kind: KindValue, Type: TypeJSONMap, Doc: "form of the reply as OpenAI's API says it, such as a JSON schema"},
	{Name: "tool_choice", Kind: KindValue, Type: TypeJSON, Doc: "auto, none, required, or a function, as OpenAI's API says it"},
	{Name: "extra_body", Kind: KindValue, Type: TypeJSONMap, Doc: "further fields of the request's body; they go over those of the endpoint"},
	{Name: "think_time", Kind: KindLazy, Type: TypeDuration, Drawn: true, Bounds: notNegative, Sees: inTurn, Doc: "wait before the turn"},
	{Name: "on_failure", Kind: KindKeyword, Words: []string{"stop", "continue"}, Default: "stop", Doc: "after a turn that failed: end the conversation, or go on with the next turn"},
	{Name: "max_tool_rounds", Kind: KindValue, Type: TypeInteger, Default: "8", Bounds: notNegative, Unit: "rounds", Doc: "how often tool results are sent back in one turn; beyond it the turn fails with class tool_rounds"},
}

var turnBlock = &Block{
	Name: "turn", Label: "name", Many: true, Required: true,
	Doc: "one thing the user says, and what is asked of the reply; used as turn.NAME by later turns",
	Arguments: append([]Argument{
		{Name: "user", Kind: KindLazy, Type: TypeParts, Required: true, Sees: inTurn, Doc: "what the user says"},
		{Name: "capture", Kind: KindCaptures, Sees: afterReply, Doc: "values to keep of the reply, used as turn.NAME.capture.KEY"},
		{Name: "expect", Kind: KindKeyword, Words: []string{"success", "failure"}, Default: "success",
			Doc: "with failure, a turn that fails breaks no promise by itself, and one that succeeds does"},
	}, requestArguments...),
	Blocks: []*Block{
		performBlock,
		{
			Name: "assert", Many: true, Doc: "a promise about the turn, checked when it has ended",
			Arguments: []Argument{
				{Name: "condition", Kind: KindLazy, Type: TypeBool, Required: true, Sees: inAssert, Doc: "must hold"},
				{Name: "error_message", Kind: KindLazy, Type: TypeString, Required: true, Sees: inAssert, Doc: "what to say where it does not"},
				{Name: "tolerate", Kind: KindValue, Type: TypeNumber, Default: "0", Bounds: aShare, Unit: "share", Doc: "share of the checks that may fail under load"},
			},
		},
		{
			Name: "hang_up", Doc: "a share of the users leaves in the middle of the reply",
			Arguments: []Argument{
				{Name: "share", Kind: KindValue, Type: TypeNumber, Default: "1", Bounds: aShare, Unit: "share", Doc: "share of the turns that are left"},
				{Name: "after_tokens", Kind: KindValue, Type: TypeInteger, Bounds: atLeastOne, Unit: "tokens", Doc: "leave after so many tokens; this or after"},
				{Name: "after", Kind: KindValue, Type: TypeDuration, Bounds: positive, Doc: "leave so long after the request was sent"},
			},
		},
	},
}

var conversationBlock = &Block{
	Name: "conversation", Label: "name", Many: true,
	Doc: "turns with one endpoint, each carrying the history of those before it",
	Arguments: []Argument{
		{Name: "description", Kind: KindValue, Type: TypeString, Doc: "what the conversation is about"},
		{Name: "endpoint", Kind: KindReference, To: []string{"endpoint"}, Doc: "who answers; may be left out where there is one endpoint"},
		{Name: "robot", Kind: KindReference, To: []string{"robot"}, Doc: "who moves and speaks; nobody where it is left out"},
		{Name: "speak", Kind: KindValue, Type: TypeBool, Default: "false", Doc: "the robot speaks the replies, each sentence as it comes"},
		{Name: "system", Kind: KindLazy, Type: TypeString, Sees: []string{"row", "iteration"}, Doc: "system prompt"},
		{Name: "tools", Kind: KindReferences, To: []string{"tool"}, Doc: "functions that the model may call"},
	},
	Blocks: []*Block{
		{Name: "defaults", Doc: "arguments for every turn that does not set them itself", Arguments: withoutDefaults(requestArguments)},
		performBlock,
		turnBlock,
	},
}

// withoutDefaults leaves the defaults to the turns, so that a conversation sets only what it says.
func withoutDefaults(arguments []Argument) []Argument {
	out := append([]Argument(nil), arguments...)
	for i := range out {
		out[i].Default = ""
	}
	return out
}
