package measure

import (
	"fmt"
	"io"
	"slices"
)

// The exit codes of a run. Never 1 or 2, which a crash uses.
const (
	// ExitPass: everything held.
	ExitPass = 0
	// ExitInvalid: the harness, not the system under test, was the bottleneck, or a process that shared the run was lost.
	ExitInvalid = 96
	// ExitInconclusive: an objective could not be decided, or had no data; or the judge of a rubric could not tell.
	ExitInconclusive = 97
	// ExitAssertion: an assertion failed, or a turn of a single run did.
	ExitAssertion = 98
	// ExitObjective: an objective was missed.
	ExitObjective = 99
	// ExitUsage: the command line or the scenario is wrong, and nothing ran; or a result could not be written.
	ExitUsage = 104
	// ExitInterrupted: the run was stopped before its end.
	ExitInterrupted = 105
	// ExitUnknown: the endpoint could not be reached or would not serve us, or no turn was offered.
	ExitUnknown = 107
)

// Verdict says how a run, or an objective of it, came out.
type Verdict string

// The verdicts. NoData is an objective's only; Interrupted, Unknown, Invalid and Usage are a run's only.
const (
	Pass         Verdict = "pass"
	Fail         Verdict = "fail"
	Invalid      Verdict = "invalid"
	Inconclusive Verdict = "inconclusive"
	NoData       Verdict = "no_data"
	Interrupted  Verdict = "interrupted"
	Unknown      Verdict = "unknown"
	Usage        Verdict = "usage"
)

// Word is the verdict as a terminal shows it.
func (v Verdict) Word() string {
	switch v {
	case Pass:
		return "PASS"
	case Fail:
		return "FAIL"
	case Invalid:
		return "INVALID"
	case Inconclusive:
		return "INCONCLUSIVE"
	case NoData:
		return "NO DATA"
	case Interrupted:
		return "INTERRUPTED"
	case Unknown:
		return "UNKNOWN"
	case Usage:
		return "ERROR"
	}
	return string(v)
}

// ExitCode is one row of the table of exit codes.
type ExitCode struct {
	Code    int
	Verdict Verdict
	Meaning string
}

// ExitCodes is the table of exit codes in order of precedence: when several apply, the first is given.
var ExitCodes = []ExitCode{
	{ExitUsage, Usage, "wrong usage or an invalid scenario, and nothing ran; or a result could not be written"},
	{ExitInterrupted, Interrupted, "interrupted: what was measured until then is judged and reported"},
	{ExitUnknown, Unknown, "could not tell: every turn failed by dial, tls, 401, 403 or 404, or none was offered"},
	{ExitInvalid, Invalid, "invalid run: this machine, not the server, was the bottleneck, or a shard of the run was lost"},
	{ExitAssertion, Fail, "an assertion failed, or a turn of a single run did"},
	{ExitObjective, Fail, "an objective was missed"},
	{ExitInconclusive, Inconclusive, "an objective is inconclusive or has no data, or a judge could not tell"},
	{ExitPass, Pass, "everything held"},
}

// First returns the row that takes precedence among the codes that apply. Without any, that is a pass; a code that is
// not in the table counts as none.
func First(codes ...int) ExitCode {
	for _, row := range ExitCodes {
		if slices.Contains(codes, row.Code) {
			return row
		}
	}
	return ExitCodes[len(ExitCodes)-1]
}

// WriteExitCodes prints the table of exit codes for people.
func WriteExitCodes(w io.Writer) error {
	if _, err := fmt.Fprintf(w, "When several apply, the first of:\n\n"); err != nil {
		return err
	}
	for _, row := range ExitCodes {
		if _, err := fmt.Fprintf(w, "  %3d  %-12s  %s\n", row.Code, row.Verdict.Word(), row.Meaning); err != nil {
			return err
		}
	}
	return nil
}
