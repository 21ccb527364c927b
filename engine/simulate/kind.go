package simulate

// Kind names a way in which the endpoint breaks, or merely differs from what a client may expect.
type Kind string

// KindDoc describes a kind.
type KindDoc struct {
	Kind Kind
	// Class is how a measuring client must class a streamed reply of the kind; empty is success.
	Class string
	// Whole says whether the kind also shows where the reply is not streamed.
	Whole bool
	Doc   string
}

// Kinds lists all kinds, each with one line of what the endpoint does.
func Kinds() []KindDoc { return append([]KindDoc(nil), kinds...) }

// KindNames lists the names of all kinds, in the order of Kinds.
func KindNames() []string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = string(k.Kind)
	}
	return names
}

// The kinds that refuse a request.
const (
	HTTP400     Kind = "http_400"
	HTTP401     Kind = "http_401"
	HTTP429     Kind = "http_429"
	HTTP429Date Kind = "http_429_date"
	HTTP500     Kind = "http_500"
	HTTP502     Kind = "http_502"
	HTTP503     Kind = "http_503"
	Redirect    Kind = "redirect"
	JSONError   Kind = "json_error"
	HTML        Kind = "html"
	EmptyBody   Kind = "empty_body"
)

// The kinds that come late or not at all.
const (
	SlowHeaders     Kind = "slow_headers"
	StallHeaders    Kind = "stall_headers"
	StallFirstToken Kind = "stall_first_token"
	StallIdle       Kind = "stall_idle"
	StallTotal      Kind = "stall_total"
)

// The kinds that break a reply that has begun.
const (
	StreamError       Kind = "stream_error"
	StreamErrorSpaced Kind = "stream_error_spaced"
	StreamErrorObject Kind = "stream_error_object"
	StreamErrorEvent  Kind = "stream_error_event"
	StreamTruncated   Kind = "stream_truncated"
	HalfClose         Kind = "half_close"
	Reset             Kind = "reset"
	ResetAfterDone    Kind = "reset_after_done"
	EndlessLine       Kind = "endless_line"
	Empty             Kind = "empty"
	ToolRounds        Kind = "tool_rounds"
)

// The kinds that only look unusual: the reply is whole.
const (
	NoDone         Kind = "no_done"
	NoBlankLine    Kind = "no_blank_line"
	LineEndCR      Kind = "line_end_cr"
	LineEndCRLF    Kind = "line_end_crlf"
	NoSpace        Kind = "no_space"
	BOM            Kind = "bom"
	Comments       Kind = "comments"
	EventFields    Kind = "event_fields"
	SeveralLines   Kind = "several_lines"
	SplitEvents    Kind = "split_events"
	RoleOnly       Kind = "role_only"
	EmptyDeltas    Kind = "empty_deltas"
	ReasoningField Kind = "reasoning_field"
	SeveralTokens  Kind = "several_tokens"
	UsageLast      Kind = "usage_last"
	UsageMissing   Kind = "usage_missing"
	HugeLine       Kind = "huge_line"
	WholeReply     Kind = "whole_reply"
	Gzip           Kind = "gzip"
)

var kinds = []KindDoc{
	{HTTP400, "http_4xx", true, "400 with a JSON error"},
	{HTTP401, "http_4xx", true, "401 with a JSON error that repeats the key it was given"},
	{HTTP429, "http_429", true, "429 with `Retry-After` in seconds"},
	{HTTP429Date, "http_429", true, "429 with `Retry-After` as a date"},
	{HTTP500, "http_5xx", true, "500 with a JSON error"},
	{HTTP502, "http_5xx", true, "502 with a page in HTML, as a proxy sends it"},
	{HTTP503, "http_5xx", true, "503 with plain text"},
	{Redirect, "protocol", true, "307 to the same path of another host"},
	{JSONError, "protocol", true, "200 with a JSON error as the body"},
	{HTML, "protocol", true, "200 with a page in HTML"},
	{EmptyBody, "protocol", true, "200 without a body"},

	{SlowHeaders, "", false, "the headers come only with the first token"},
	{StallHeaders, "timeout_first_token", true, "no headers ever come"},
	{StallFirstToken, "timeout_first_token", true, "headers come, and nothing after them"},
	{StallIdle, "timeout_idle", true, "nothing comes after `after` tokens"},
	{StallTotal, "timeout_total", false, "after `after` tokens only a comment comes each second"},

	{StreamError, "stream_error", false, "`data: {\"error\": …}` after `after` tokens"},
	{StreamErrorSpaced, "stream_error", false, "the same with spaces around `\"error\"`"},
	{StreamErrorObject, "stream_error", false, "the same as `{\"object\": \"error\", …}`"},
	{StreamErrorEvent, "stream_error", false, "the same under `event: error`"},
	{StreamTruncated, "stream_truncated", true, "the reply ends after `after` tokens, in good order for HTTP, without `finish_reason` and `[DONE]`"},
	{HalfClose, "stream_truncated", true, "the connection is closed after `after` tokens"},
	{Reset, "stream_truncated", true, "the connection is reset after `after` tokens"},
	{ResetAfterDone, "", false, "the connection is reset after `[DONE]`"},
	{EndlessLine, "protocol", false, "after `after` tokens a line that does not end, 64 MiB of it"},
	{Empty, "empty", true, "a complete reply without content"},
	{ToolRounds, "tool_rounds", true, "every reply calls the first tool offered, also when its result has come; without tools a usual reply"},

	{NoDone, "", false, "`[DONE]` is missing"},
	{NoBlankLine, "", false, "`[DONE]` is missing, and the blank line after the last event"},
	{LineEndCR, "", false, "lines end with CR"},
	{LineEndCRLF, "", false, "lines end with CRLF"},
	{NoSpace, "", false, "`data:` without a space after it"},
	{BOM, "", false, "a byte order mark comes first"},
	{Comments, "", false, "400 comment lines first, and one before each event"},
	{EventFields, "", false, "`event:`, `id:` and `retry:` lines with each event"},
	{SeveralLines, "", false, "each event's JSON in two `data:` lines"},
	{SplitEvents, "", false, "each event in two writes, cut in a character or an escape where it has one"},
	{RoleOnly, "", false, "the delta with only the role comes at once, long before the first token"},
	{EmptyDeltas, "", false, "an empty delta before each token"},
	{ReasoningField, "", false, "thoughts in `reasoning` rather than `reasoning_content`"},
	{SeveralTokens, "", false, "four tokens a chunk"},
	{UsageLast, "", false, "usage in the chunk with `finish_reason` rather than in one of its own"},
	{UsageMissing, "", true, "no usage, though asked for"},
	{HugeLine, "", false, "a line of 1 MiB"},
	{WholeReply, "", false, "a whole reply though a stream was asked for"},
	{Gzip, "", true, "the body is compressed"},
}

// faultOf draws the fault of a request; the zero Fault is none.
func (s *Server) faultOf(number uint64) Fault {
	u := share(s.seed(number, siteFault, 0))
	for _, f := range *s.faults.Load() {
		if u < f.Share {
			return f
		}
		u -= f.Share
	}
	return Fault{}
}
