package measure

import (
	"fmt"
	"slices"
	"strings"

	"aimbench/engine/event"
)

// judge sets the verdict, the exit code and the reason.
func (s *Summary) judge(rules *Rules, from *set, e Ending) {
	row := First(s.applicable(rules, from, e)...)
	s.Verdict, s.ExitCode = row.Verdict, row.Code
	s.Reason = s.reason(rules, from, e)
}

// applicable lists the exit codes that apply.
func (s *Summary) applicable(rules *Rules, from *set, e Ending) []int {
	var codes []int
	if e.Interrupted {
		codes = append(codes, ExitInterrupted)
	}
	if s.Requests.Offered == from.whole().All.Unreachable {
		codes = append(codes, ExitUnknown)
	}
	if s.Audit != nil && !s.Audit.Valid {
		codes = append(codes, ExitInvalid)
	}
	broken, undecided := s.assertions()
	if undecided {
		codes = append(codes, ExitInconclusive)
	}
	if broken || rules.Single && s.Requests.Unexpected > 0 || s.Requests.Unsent > 0 {
		codes = append(codes, ExitAssertion)
	}
	for i := range s.Objectives {
		switch o := &s.Objectives[i]; {
		case !o.Gates():
		case o.Verdict == Fail:
			codes = append(codes, ExitObjective)
		default:
			codes = append(codes, ExitInconclusive)
		}
	}
	return codes
}

// reason says in a few words why the run came out as it did.
func (s *Summary) reason(rules *Rules, from *set, e Ending) string {
	switch {
	case s.ExitCode == ExitUnknown && s.Requests.Offered == 0:
		return strings.Join(trim("no turn was offered", e.Cause), ": ")
	case s.ExitCode == ExitUnknown:
		return "every turn failed: " + classes(s.Errors)
	case s.ExitCode == ExitInvalid:
		return s.Audit.Why
	}
	parts := trim(s.turnsPart(rules, from), s.assertionsPart(), s.objectivesPart())
	said := strings.Join(parts, ", ")
	if s.ExitCode == ExitInterrupted {
		return strings.Join(append(trim(e.Cause), "after "+said), " ")
	}
	return said
}

func trim(parts ...string) []string {
	return slices.DeleteFunc(parts, func(p string) bool { return p == "" })
}

func (s *Summary) turnsPart(rules *Rules, from *set) string {
	failed := 0
	broken := from.whole().All.Broken
	for _, n := range broken {
		failed += n
	}
	unsent := s.Requests.Unsent
	parts := []string{}
	add := func(n int, what string) {
		if n > 0 {
			parts = append(parts, Thousands(n)+what)
		}
	}
	if rules.Single {
		add(failed, " failed ("+classes(broken)+")")
		add(s.Requests.Unexpected-failed-unsent, " succeeded though a failure was expected")
	}
	add(unsent, " could not be sent")
	return ofAll(parts, Count(s.Requests.Offered, "turn"))
}

// assertionsPart says what became of the assertions; under load, of those that hold as well as it takes.
func (s *Summary) assertionsPart() string {
	said := s.Assertions.String()
	if broken, undecided := s.assertions(); !s.Assertions.Hold() && !broken && !undecided {
		said += " (tolerated)"
	}
	return said
}

// ofAll joins counts of things, of which the first says of how many: "1 of 4 turns failed, 1 could not be sent".
func ofAll(counts []string, all string) string {
	if len(counts) == 0 {
		return all
	}
	number, what, _ := strings.Cut(counts[0], " ")
	counts[0] = number + " of " + all + " " + what
	return strings.Join(counts, ", ")
}

// classes lists the classes of failure with their counts.
func classes(counts map[event.Class]int) string {
	var parts []string
	for _, class := range event.Failures {
		if n := counts[class]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s", class, Thousands(n)))
		}
	}
	return strings.Join(parts, ", ")
}

func (s *Summary) objectivesPart() string {
	if len(s.Objectives) == 0 {
		return ""
	}
	by := map[Verdict]int{}
	for i := range s.Objectives {
		if s.Objectives[i].Gates() {
			by[s.Objectives[i].Verdict]++
		}
	}
	var parts []string
	for _, v := range []struct {
		verdict Verdict
		word    string
	}{{Fail, "failed"}, {Inconclusive, "inconclusive"}, {NoData, "without data"}} {
		if n := by[v.verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.word))
		}
	}
	return ofAll(parts, Count(len(s.Objectives), "objective"))
}

// Count is "1 turn", "2 turns", "1,402 turns".
func Count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return Thousands(n) + " " + what
}

// Thousands writes a count with separators.
func Thousands(n int) string {
	s := fmt.Sprint(n)
	sign := ""
	if n < 0 {
		sign, s = s[:1], s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}
