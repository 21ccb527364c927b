package speech

import (
	"fmt"
	"strings"
)

// Class is a kind of failure.
type Class string

// The classes of failure.
const (
	NoProgram   Class = "no_program"   // no program that speaks is installed
	Program     Class = "program"      // the program failed
	Timeout     Class = "timeout"      // the program took too long
	BadSound    Class = "bad_sound"    // what came is no WAV of 16 bits, or too much of it
	NotAccepted Class = "not_accepted" // the sound was made, and could not be played
)

// Error is why something was not said.
type Error struct {
	Class   Class
	Doing   string // what was being done, such as "speaking with espeak-ng"
	Message string // what went wrong: on one line, printable, of bounded length
	Hint    string // what to try; may be empty
	Err     error  // the cause; may be nil
}

// Error is one paragraph: what was being done, what went wrong, what to try.
func (e *Error) Error() string {
	text := fmt.Sprintf("%s: %s.", e.Doing, strings.TrimSuffix(e.Message, "."))
	if e.Hint != "" {
		text += " " + e.Hint
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }
