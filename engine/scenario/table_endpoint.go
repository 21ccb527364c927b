package scenario

var endpointBlock = &Block{
	Name: "endpoint", Label: "name", Many: true,
	Doc: "an OpenAI-compatible service: by base_url, or the embedded one by simulator {}",
	Arguments: []Argument{
		{Name: "base_url", Kind: KindValue, Type: TypeURL, Doc: "address of the service, with or without /v1; this or simulator {}"},
		{Name: "chat_path", Kind: KindValue, Type: TypeString, Doc: "path of the requests under base_url, where it is not the usual one"},
		{Name: "model", Kind: KindValue, Type: TypeString, Doc: "name of the model; the only one of /v1/models where it is left out"},
		{Name: "api_key", Kind: KindValue, Type: TypeString, Doc: "sent as a bearer token; never printed"},
		{Name: "api", Kind: KindKeyword, Words: []string{"chat", "completions"}, Default: "chat", Doc: "which of the two interfaces is spoken"},
		{Name: "http", Kind: KindValue, Type: TypeInteger, Default: "1", Bounds: Bounds{Min: bound(1), Max: bound(2)}, Doc: "version of HTTP, 1 or 2"},
		{Name: "connections", Kind: KindKeyword, Words: []string{"reuse", "new"}, Default: "reuse", Doc: "keep connections, or make one a request, so that a balancer spreads them"},
		{Name: "headers", Kind: KindValue, Type: TypeTextMap, Doc: "further headers of every request"},
		{Name: "extra_body", Kind: KindValue, Type: TypeJSONMap, Doc: "further fields of every request's body"},
		{Name: "ca_file", Kind: KindValue, Type: TypeString, Doc: "certificates in PEM, beside the scenario, to trust besides the system's"},
		{Name: "insecure_skip_verify", Kind: KindValue, Type: TypeBool, Default: "false", Doc: "do not check the server's certificate; warned about"},
		{Name: "metrics_url", Kind: KindValue, Type: TypeURL, Doc: "the server's own metrics, in Prometheus' text form"},
		{Name: "wait_ready", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "how long to wait before the run until the endpoint answers"},
		{Name: "timeout", Kind: KindValue, Type: TypeDuration, Default: `"5m"`, Bounds: notNegative, Doc: "longest time for a whole request; 0 is none"},
		{Name: "timeout_connect", Kind: KindValue, Type: TypeDuration, Default: `"10s"`, Bounds: notNegative, Doc: "longest time for a connection; 0 is none"},
		{Name: "timeout_first_token", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "longest wait for the first token; 0 is none"},
		{Name: "timeout_idle", Kind: KindValue, Type: TypeDuration, Default: `"0s"`, Bounds: notNegative, Doc: "longest silence within a reply; 0 is none"},
		{Name: "retries", Kind: KindValue, Type: TypeInteger, Default: "0", Bounds: Bounds{Min: bound(0), Max: bound(10)}, Unit: "attempts", Doc: "further attempts after 429 or 503, each after the server's Retry-After"},
	},
	Blocks: []*Block{simulatorBlock},
}

var simulatorBlock = &Block{
	Name: "simulator", Doc: "the embedded endpoint, in the same process; nothing needs to be installed",
	Arguments: []Argument{
		{Name: "ttft", Kind: KindValue, Type: TypeDuration, Drawn: true, Default: `"0s"`, Bounds: notNegative, Doc: "time to the first token, besides the prompt's"},
		{Name: "itl", Kind: KindValue, Type: TypeDuration, Drawn: true, Default: `"0s"`, Bounds: notNegative, Doc: "time between tokens"},
		{Name: "prefill", Kind: KindValue, Type: TypeDuration, Drawn: true, Default: `"0s"`, Bounds: notNegative, Doc: "time for each token of the prompt"},
		{Name: "slots", Kind: KindValue, Type: TypeInteger, Default: "0", Bounds: notNegative, Unit: "requests", Doc: "requests served at once; the others wait in a queue; 0 is no limit"},
		{Name: "batch_slowdown", Kind: KindValue, Type: TypeNumber, Default: "0", Bounds: notNegative, Unit: "share", Doc: "by which each further request in service lengthens the time between tokens"},
		{Name: "cache", Kind: KindValue, Type: TypeBool, Default: "false", Doc: "prompts that start as an earlier one skip that part's prefill"},
		{Name: "tokens", Kind: KindValue, Type: TypeInteger, Drawn: true, Bounds: atLeastOne, Unit: "tokens", Doc: "length of a reply that no rule gives; that of its sentence where it is left out"},
		{Name: "seed", Kind: KindValue, Type: TypeInteger, Default: "0", Doc: "seed of everything drawn"},
	},
	Blocks: []*Block{
		{
			Name: "reply", Many: true, Doc: "what is answered to a prompt; the first reply that matches is taken, and a sentence about the prompt where none does",
			Arguments: []Argument{
				{Name: "when", Kind: KindValue, Type: TypeRegexp, Doc: "matches what the user said last; everything where it is left out"},
				{Name: "text", Kind: KindValue, Type: TypeString, Doc: "answer"},
				{Name: "reasoning", Kind: KindValue, Type: TypeString, Doc: "thoughts before the answer"},
				{Name: "refusal", Kind: KindValue, Type: TypeString, Doc: "refusal in place of an answer"},
			},
			Blocks: []*Block{{
				Name: "tool_call", Label: "function", Many: true, Doc: "a call of a function",
				Arguments: []Argument{{Name: "arguments", Kind: KindValue, Type: TypeJSON, Default: "{}", Doc: "arguments of the call: an object, or text for arguments that are broken on purpose"}},
			}},
		},
		{
			Name: "fault", Many: true, Doc: "a share of the replies breaks in one way",
			Arguments: []Argument{
				{Name: "kind", Kind: KindKeyword, Required: true, Words: FaultKinds, Doc: "how"},
				{Name: "share", Kind: KindValue, Type: TypeNumber, Default: "1", Bounds: aShare, Unit: "share", Doc: "share of the requests"},
				{Name: "after", Kind: KindValue, Type: TypeInteger, Default: "3", Bounds: notNegative, Unit: "tokens", Doc: "tokens that come before the stream breaks"},
				{Name: "retry_after", Kind: KindValue, Type: TypeDuration, Default: `"1s"`, Bounds: notNegative, Doc: "what http_429 asks for"},
			},
		},
	},
}
