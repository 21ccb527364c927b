// Package event holds the facts of a run as plain structs. Everything a user sees is made from them.
package event

import "time"

// A Sink receives the facts of a run as they happen.
//
// Record is synchronous and must not block; it must not keep the turn, nor anything the turn points to, after it
// returns. It may be called from several goroutines at once.
type Sink interface {
	Record(*Turn)
}

// Turn is one thing the user said and what became of it. A tool call makes one turn several requests.
type Turn struct {
	// Load and Stage name the schedule that started the turn; both are empty where each conversation runs once.
	Load  string `json:"load,omitempty"`
	Stage string `json:"stage,omitempty"`
	// Session numbers the conversation's run: the arrival in an open loop, the user's iteration in a closed one.
	Session      int64  `json:"session"`
	Conversation string `json:"conversation"`
	Turn         string `json:"turn"`
	// Index is the turn's place in its conversation, from 0.
	Index    int    `json:"index"`
	Endpoint string `json:"endpoint"`

	// Warmup: the turn ran before the load's own clock began; it is shown apart and judged by nothing.
	Warmup bool `json:"warmup,omitempty"`
	// After: the turn was wanted after its load's window, by a conversation that began in it; it is shown apart as well.
	After bool `json:"after,omitempty"`

	// Intended is when the schedule wanted the turn; Dispatched is when the session was ready to send it.
	Intended   Instant `json:"intended"`
	Dispatched Instant `json:"dispatched"`
	End        Instant `json:"end"`

	User         string     `json:"user"`
	Text         string     `json:"text"`
	Reasoning    string     `json:"reasoning,omitempty"`
	Refusal      string     `json:"refusal,omitempty"`
	ToolCalls    []ToolCall `json:"tool_calls,omitempty"`
	FinishReason string     `json:"finish_reason"`
	Requests     []Request  `json:"requests"`

	// Gestures are in the order in which they were asked for. Speech is nil where nothing was to be spoken.
	Gestures []Gesture `json:"gestures,omitempty"`
	Speech   *Speech   `json:"speech,omitempty"`

	// ExpectFailure: the scenario wants this turn to fail, so that a failure breaks no promise and a success does.
	ExpectFailure bool `json:"expect_failure,omitempty"`

	// Class is OK, or why the turn did not succeed. Message then says what was tried, what came back and what to try.
	Class   Class  `json:"error_class"`
	Message string `json:"message,omitempty"`

	// Judgements are those of the rubrics that the assertions use; they came after the turn's End.
	Judgements []Judgement `json:"judgements,omitempty"`
	Assertions []Assertion `json:"assertions,omitempty"`
	// Holds says, for each objective over a condition ("slo/objective"), whether this turn met it.
	Holds map[string]bool `json:"holds,omitempty"`
}

// Request is one HTTP request of a turn.
type Request struct {
	Instants
	// Model is the model the server named in its reply.
	Model string `json:"model,omitempty"`
	// Reused says that the request went over a connection that had carried another before it.
	Reused bool `json:"reused"`
	// Retries counts the attempts before this one that were given up.
	Retries int   `json:"retries,omitempty"`
	Status  int   `json:"status"`
	Class   Class `json:"error_class"`
	// OwnFault says that the request failed for want of something of ours: descriptors, ports or memory.
	OwnFault     bool   `json:"own_fault,omitempty"`
	FinishReason string `json:"finish_reason,omitempty"`
	Usage        Usage  `json:"usage"`
	// Chunks counts the events that carried generated content.
	Chunks int `json:"chunks"`
	// SendBound is how much earlier the request may have been sent, but for this process: for what it took to write it,
	// and to see that there was a connection.
	SendBound time.Duration `json:"send_bound_ns,omitempty"`
	// WriteBound is how much later than Sent the request may have left: how long the write of its last byte took.
	WriteBound time.Duration `json:"write_bound_ns,omitempty"`
	// LateBound is how much earlier than stamped the first token may have arrived: 0 where it ended its read.
	LateBound time.Duration `json:"late_bound_ns,omitempty"`
	// Streamed says that the reply came as a stream of events rather than whole.
	Streamed bool `json:"streamed"`
	// Notes are peculiarities of the stream that are no failure, such as a missing [DONE].
	Notes []string `json:"notes,omitempty"`
	// Arrivals are the instants of the content chunks, borrowed for the time of Record.
	Arrivals []Instant `json:"-"`
}

// Instants are the moments of one request, each 0 where it was never reached.
type Instants struct {
	Dispatched  Instant `json:"dispatched"`
	Connected   Instant `json:"connected"`
	Sent        Instant `json:"sent"`
	Headers     Instant `json:"headers"`
	FirstEvent  Instant `json:"first_event"`
	FirstToken  Instant `json:"first_token"`
	FirstAnswer Instant `json:"first_answer"`
	LastToken   Instant `json:"last_token"`
	End         Instant `json:"end"`
}

// Usage counts tokens, and says who counted.
type Usage struct {
	Input  int `json:"input"`
	Output int `json:"output"`
	Cached int `json:"cached"`
	// Source is "server" where the server reported usage, "chunks" where content chunks stand in for output tokens,
	// and "none" where nothing came.
	Source string `json:"source"`
}

// The sources of a token count.
const (
	FromServer = "server"
	FromChunks = "chunks"
	FromNone   = "none"
)

// ToolCall is a function the model called, with its arguments as the JSON text it wrote.
type ToolCall struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	Arguments string `json:"arguments"`
	// Result is what was sent back to the model; empty where the round did not get that far.
	Result string `json:"result,omitempty"`
}

// Outcome of an assertion: Failed says that the system under test broke a promise; Errored says that the scenario's own
// expressions could not tell, and Inconclusive that the judge of a rubric could not.
type Outcome string

// The outcomes of an assertion.
const (
	Passed       Outcome = "pass"
	Failed       Outcome = "fail"
	Errored      Outcome = "error"
	Inconclusive Outcome = "inconclusive"
)

// Assertion is a condition that was checked after a turn.
type Assertion struct {
	Outcome Outcome `json:"outcome"`
	File    string  `json:"file"`
	Line    int     `json:"line"`
	// Condition is the source text of the condition, on one line.
	Condition string `json:"condition"`
	// Message is the scenario's own words for the failure; empty where the assertion passed.
	Message string `json:"message,omitempty"`
	// Detail is the whole diagnostic: place, source snippet, and the values it refers to. Secrets are redacted.
	Detail string `json:"detail,omitempty"`
}

// Window is the time in which a load, or one stage of it, wants its turns: warmup lies before it. The End is not reached
// where it is not known yet: the load ends when its conversations have.
type Window struct {
	Load  string  `json:"load"`
	Stage string  `json:"stage,omitempty"`
	Start Instant `json:"start"`
	End   Instant `json:"end"`
}

// Sample is a value of one of the server's own series, read during the run.
type Sample struct {
	At       Instant `json:"at"`
	Endpoint string  `json:"endpoint"`
	Series   string  `json:"series"`
	Value    float64 `json:"value"`
}
