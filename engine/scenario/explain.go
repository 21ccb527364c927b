package scenario

import "strings"

// Explain writes diagnostics as text for a report: place, source snippet and values, with secrets redacted.
func (s *Scenario) Explain(diags Diagnostics) string {
	var b strings.Builder
	if err := WriteDiagnostics(&b, diags, s.Sources, Style{Unicode: true}); err != nil {
		return diags.Error()
	}
	return s.Secrets.Redact(strings.TrimSpace(b.String()))
}

// Chance is a number within [0, 1) drawn for the site in the present turn: the same in every run with the same seed.
func (sc *Scope) Chance(site string) float64 {
	return float64(sc.Draw(site)>>11) / (1 << 53)
}

// Draw is any number, drawn as Chance draws.
func (sc *Scope) Draw(site string) uint64 { return sc.draw(hashText(site)) }
