package scenario

import (
	"encoding/json"
	"time"

	"github.com/hashicorp/hcl/v2"
)

// Scenario is what a set of scenario files declares: checked, with every value evaluated and every lazy expression
// kept for the turn that needs it. It is immutable.
type Scenario struct {
	// Name is the file's base name without its ending, or the directory's.
	Name string
	// Sources are the files in the order they were read.
	Sources []Source
	// Digest is the hex SHA-256 of the sources' names and bytes.
	Digest string

	Datasets      []*Dataset
	Endpoints     []*Endpoint
	Robots        []*Robot
	Gestures      []*Gesture
	Tools         []*Tool
	Rubrics       []*Rubric
	Conversations []*Conversation
	Loads         []*Load
	SLOs          []*SLO

	// Secrets redacts every sensitive value that the scenario knows.
	Secrets *Secrets

	files []sourceFile // of the Sources
}

// Source is one scenario file.
type Source struct {
	Path string
	Text []byte

	// context names the blocks around a byte of the text.
	context func(int) string
	secrets *Secrets
}

// Dataset is a table of rows that conversations draw from.
type Dataset struct {
	Name   string
	Source string
	// Shuffled: in an order drawn from Seed; else as they stand.
	Shuffled bool
	Seed     int64
	// Wrap: start again after the last row; else the conversation stops.
	Wrap  bool
	Rows  Rows
	Range hcl.Range
}

// Endpoint is an OpenAI-compatible service: by URL, or embedded where Simulator is set.
type Endpoint struct {
	Name     string
	BaseURL  string
	ChatPath string
	// Model is empty where the only one of /v1/models is meant.
	Model  string
	APIKey string
	// API is "chat" or "completions".
	API string
	// HTTP is 1 or 2.
	HTTP int
	// NewConnections: one connection a request, so that a balancer spreads them; else reuse.
	NewConnections     bool
	Headers            map[string]string
	ExtraBody          map[string]json.RawMessage
	CAFile             string
	CAPEM              []byte
	InsecureSkipVerify bool
	MetricsURL         string
	WaitReady          time.Duration
	Timeout            time.Duration
	TimeoutConnect     time.Duration
	TimeoutFirstToken  time.Duration
	TimeoutIdle        time.Duration
	Retries            int
	Simulator          *Simulator
	// BaseURLSource is the source text of base_url, for messages.
	BaseURLSource string
	Range         hcl.Range
}

// Simulator is the embedded endpoint's behaviour.
type Simulator struct {
	TTFT, ITL, Prefill Dist // seconds; Prefill is a prompt token's
	// Slots is how many requests are served at once; 0 is no limit.
	Slots int
	// BatchSlowdown is the share by which each further request in a batch slows the gap between tokens.
	BatchSlowdown float64
	// Cache: prompts that share a prefix skip its prefill.
	Cache bool
	// Tokens is the length of a reply that nothing else limits.
	Tokens  Dist
	Seed    int64
	Replies []SimulatorReply
	Faults  []SimulatorFault
}

// SimulatorReply is what the embedded endpoint says to a prompt that matches When.
type SimulatorReply struct {
	When      string // a regular expression over the last user message; empty matches all
	Text      string
	Reasoning string
	Refusal   string
	ToolCalls []SimulatorToolCall
}

// SimulatorToolCall is a tool call the embedded endpoint makes.
type SimulatorToolCall struct {
	Name      string
	Arguments string // JSON
}

// SimulatorFault breaks a share of the replies in one way.
type SimulatorFault struct {
	Kind  string
	Share float64
	// After is how many tokens come before the fault, where the kind breaks a stream.
	After int
	// RetryAfter goes with http_429.
	RetryAfter time.Duration
}

// Tool is a function that the model may call.
type Tool struct {
	Name        string
	Description string
	Parameters  json.RawMessage // a JSON schema
	// Result is evaluated over call.arguments and sent back to the model. It may be absent where there is a gesture.
	Result Expr
	// Gesture is what the robot does at a call; nil where it does nothing.
	Gesture  *Gesture
	MaxCalls int
	Range    hcl.Range
}

// Conversation is a sequence of turns with one endpoint.
type Conversation struct {
	Name        string
	Description string
	Endpoint    *Endpoint
	// Robot is nil where nobody moves. Speak: it says the replies aloud.
	Robot *Robot
	Speak bool
	// Performs hold for every turn; the turns have them merged in.
	Performs []*Perform
	// System is the system prompt: lazy, so that it may draw from a dataset. Absent where there is none.
	System Expr
	Tools  []*Tool
	Turns  []*Turn
	// Talk is what a turn is like in which a person says something of their own: the defaults, and the conversation's
	// performs. It has no name, and nothing that the user says.
	Talk *Turn
	// Datasets are those that the conversation's expressions refer to.
	Datasets []*Dataset
	Range    hcl.Range
}

// Turn is one thing the user says, with what is asked of the reply. The conversation's defaults are merged in.
type Turn struct {
	Name string
	// User is text or a list of parts.
	User         Expr
	MaxTokens    Expr
	OutputTokens Expr
	Temperature  Expr
	TopP         Expr
	Seed         Expr
	Stop         Expr
	// Stream asks for a stream of events; false for a whole reply.
	Stream         bool
	ResponseFormat json.RawMessage
	ToolChoice     json.RawMessage
	ExtraBody      map[string]json.RawMessage
	ThinkTime      Expr
	HangUp         *HangUp
	// Performs are the turn's own and its conversation's.
	Performs []*Perform
	Captures []Capture
	Asserts  []*Assert
	// Rubrics are those that the assertions use.
	Rubrics []*Rubric
	// ExpectFailure: a turn that fails breaks no promise by itself, and one that succeeds does.
	ExpectFailure bool
	// Continue: go on with the next turn after a failure; else the conversation stops.
	Continue bool
	// MaxToolRounds bounds how often tool results are sent back in this turn.
	MaxToolRounds int
	Range         hcl.Range
}

// HangUp makes a share of users leave in the middle of the reply.
type HangUp struct {
	Share       float64
	AfterTokens int           // 0 where After is given
	After       time.Duration // since the request was sent
}

// Capture keeps a value of the reply for later turns.
type Capture struct {
	Name string
	Expr Expr
}

// Assert is a promise about a turn.
type Assert struct {
	Condition    Expr
	ErrorMessage Expr
	// Tolerate is the share of checks that may fail under load.
	Tolerate float64
	Range    hcl.Range

	rubrics []string
	file    Source
}

// Load says which conversations run, how many at once or how often, and for how long.
type Load struct {
	Name         string
	Mix          []MixEntry
	Users        int
	Arrival      string // "", constant, poisson, gamma
	Rate         float64
	Shape        float64
	Replay       *Replay
	Iterations   int
	Duration     time.Duration
	Stages       []Stage
	MaxInFlight  int
	Warmup       time.Duration
	GracefulStop time.Duration
	Start        time.Duration
	After        *Load
	Seed         int64
	Range        hcl.Range
}

// MixEntry is a conversation's share of a load.
type MixEntry struct {
	Conversation *Conversation
	Weight       float64
}

// Replay takes arrivals from a dataset.
type Replay struct {
	// Times are when the rows arrive, from the first, at the speed of the replay. They never fall.
	Times   []time.Duration
	Dataset *Dataset
	At      string
	Unit    string
	Speedup float64
	Limit   int
}

// Stage is a step of a load's schedule.
type Stage struct {
	Name   string
	Target float64
	Ramp   time.Duration
	Hold   time.Duration
}

// SLO is a group of objectives, narrowed to a load, a conversation or a turn where it says so.
type SLO struct {
	Name         string
	Load         *Load
	Conversation *Conversation
	Turn         string
	Objectives   []*Objective
	Range        hcl.Range
}

// Objective is a limit on something that was measured.
type Objective struct {
	Name  string
	Value Measured
	// Max and Min are in the value's unit (seconds, a share, a count); exactly one is set.
	Max, Min     *float64
	Load         *Load
	Conversation *Conversation
	Turn         string // "conversation.turn" with Conversation set, or empty
	ByStage      bool
	Abort        bool
	Grace        time.Duration
	// Confidence is 0 where no interval is asked for, else within (0, 1).
	Confidence float64
	MinSamples int
	Optional   bool
	Range      hcl.Range
}

// Measured is what an objective is about: one call of p, mean, share, goodput or a run metric.
type Measured struct {
	// Fn is "p", "mean", "share", "goodput" or "value" (a metric of the run).
	Fn string
	// Metric or Series names what p, mean and value are of; both are empty for a condition.
	Metric string
	Series string
	// Q is p's quantile in percent, within (0, 100].
	Q float64
	// Condition is share's and goodput's, over metric.*.
	Condition Expr
	// Text is the expression's source on one line, and Line where that begins.
	Text string
	Line int
}
