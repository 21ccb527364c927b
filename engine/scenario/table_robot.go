package scenario

var robotBlock = &Block{
	Name: "robot", Label: "name", Many: true,
	Doc: "a Reachy Mini: by its daemon, or the embedded one by simulator {}",
	Arguments: []Argument{
		{Name: "on_exit", Kind: KindKeyword, Words: []string{"sleep", "hold"}, Default: "sleep", Doc: "at the end of the run: lie down and let the motors go, or stay as it is"},
		{Name: "share", Kind: KindKeyword, Words: []string{"first"},
			Doc: "a robot behind a daemon is one body: with first, whichever conversation finds it free has it, and the others go without; else a load that may want it twice at once is an error"},
	},
	Blocks: []*Block{
		{
			Name: "daemon", Doc: "the daemon that moves a robot, or the maker's own simulator",
			Arguments: []Argument{
				{Name: "url", Kind: KindValue, Type: TypeURL, Required: true, Doc: "address of the daemon"},
			},
		},
		{
			Name: "simulator", Doc: "the embedded robot, in the same process, one for each conversation under way; nothing needs to be installed",
			Arguments: []Argument{
				{Name: "seed", Kind: KindValue, Type: TypeInteger, Default: "0", Doc: "seed of the faults"},
			},
			Blocks: []*Block{{
				Name: "fault", Many: true, Doc: "some of what the robot is asked for goes wrong in one way",
				Arguments: []Argument{
					{Name: "kind", Kind: KindKeyword, Required: true, Words: RobotFaultKinds, Doc: "how"},
					{Name: "share", Kind: KindValue, Type: TypeNumber, Default: "1", Bounds: Bounds{Min: bound(0), Max: bound(1), Above: true}, Unit: "share", Doc: "share of the requests and WebSockets; lost has none"},
					{Name: "count", Kind: KindValue, Type: TypeInteger, Bounds: atLeastOne, Unit: "requests", Doc: "how many go wrong at most"},
					{Name: "from", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "when the fault begins, after the robot is there"},
					{Name: "for", Kind: KindValue, Type: TypeDuration, Bounds: positive, Doc: "how long it lasts; lost needs it"},
					{Name: "delay", Kind: KindValue, Type: TypeDuration, Default: `"500ms"`, Bounds: notNegative, Doc: "how late, with late and dropped"},
				},
			}},
		},
		{
			Name: "speech", Doc: "how the robot speaks, where its conversation says speak = true",
			Arguments: []Argument{
				{Name: "program", Kind: KindKeyword, Words: SpeechPrograms, Default: "auto", Doc: "what makes the sound, where it is installed; auto is piper where the voice is one of its models, else espeak-ng; with none the robot is silent"},
				{Name: "voice", Kind: KindValue, Type: TypeString, Doc: "name of a voice of espeak-ng's, such as en-gb, or the path of a model of Piper's, which ends in .onnx; the program's own choice where it is left out"},
				{Name: "speed", Kind: KindValue, Type: TypeInteger, Default: "175", Bounds: Bounds{Min: bound(80), Max: bound(450)}, Unit: "words a minute", Doc: "how fast"},
			},
		},
	},
}

var gestureBlock = &Block{
	Name: "gesture", Label: "name", Many: true,
	Doc: "a movement, by moves of our own or as one that the robot's daemon has recorded; it goes over a built-in one of the same name",
	Arguments: []Argument{
		{Name: "description", Kind: KindValue, Type: TypeString, Doc: "what the gesture says"},
	},
	Blocks: []*Block{
		{
			Name: "move", Many: true, Dynamic: true,
			Doc: "the way to one pose, after the one before; what a move leaves out stays where it is",
			Arguments: []Argument{
				{Name: "x", Kind: KindValue, Type: TypeNumber, Unit: "metres", Doc: "head forward"},
				{Name: "y", Kind: KindValue, Type: TypeNumber, Unit: "metres", Doc: "head to its left"},
				{Name: "z", Kind: KindValue, Type: TypeNumber, Unit: "metres", Doc: "head up"},
				{Name: "roll", Kind: KindValue, Type: TypeNumber, Unit: "radians", Doc: "head tilted to its right"},
				{Name: "pitch", Kind: KindValue, Type: TypeNumber, Unit: "radians", Doc: "head down"},
				{Name: "yaw", Kind: KindValue, Type: TypeNumber, Unit: "radians", Doc: "head turned to its left"},
				{Name: "antennas", Kind: KindValue, Type: TypePair, Unit: "radians", Doc: "both antennas: [right, left]"},
				{Name: "body_yaw", Kind: KindValue, Type: TypeNumber, Unit: "radians", Doc: "body turned to its left"},
				{Name: "duration", Kind: KindValue, Type: TypeDuration, Required: true, Bounds: positive, Doc: "time to get there"},
				{Name: "interpolation", Kind: KindKeyword, Words: Interpolations, Default: "minjerk", Doc: "how the way is divided over the time"},
			},
		},
		{
			Name: "recorded", Doc: "a move of the daemon's libraries, which it fetches where it does not have it",
			Arguments: []Argument{
				{Name: "dataset", Kind: KindValue, Type: TypeString, Required: true, Doc: "name of the library, such as pollen-robotics/reachy-mini-emotions-library"},
				{Name: "move", Kind: KindValue, Type: TypeString, Required: true, Doc: "name of the move in it, such as amazed1"},
			},
		},
	},
}

// Occasions are what a gesture may be performed on.
var Occasions = []string{
	"prompt", "listening", "waiting", "first_token", "sentence", "reply", "tool_call", "interrupted", "failure", "idle",
}

// performBlock stands in a conversation, for every turn, and in a turn.
var performBlock = &Block{
	Name: "perform", Label: "name", Many: true,
	Doc: "a gesture on an occasion of the turn; a turn's goes over its conversation's of the same name; used as perform.NAME by the turn's assertions",
	Arguments: []Argument{
		{Name: "on", Kind: KindKeyword, Required: true, Words: Occasions, Doc: "the occasion"},
		{Name: "after", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative,
			Doc: "wait after the occasion; with waiting and idle, nothing is done where the occasion has passed by then"},
		{Name: "when", Kind: KindLazy, Type: TypeBool, Doc: "perform only where this holds at the occasion"},
		{Name: "gesture", Kind: KindReference, Required: true, To: []string{"gesture"}, Doc: "what is done"},
	},
}
