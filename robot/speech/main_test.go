package speech

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// programVariable makes the test binary a program that speaks: its value says how.
const programVariable = "SPEECH_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if how := os.Getenv(programVariable); how != "" {
		os.Exit(pretend(how))
	}
	goleak.VerifyTestMain(m)
}

// pretend is a program that speaks: each byte of the sentence lasts 10 ms.
func pretend(how string) int {
	text, _ := io.ReadAll(os.Stdin)
	text = []byte(strings.TrimSpace(string(text)))
	switch {
	case string(text) == "Yes.": // the trial of Find
	case how == "fail":
		fmt.Fprint(os.Stderr, "no\x1b[31m such\nvoice "+strings.Repeat("x", 1<<20))
		return 3
	case how == "hang":
		time.Sleep(time.Minute)
	case how == "flood":
		for {
			if _, err := os.Stdout.Write(make([]byte, 1<<20)); err != nil {
				return 1
			}
		}
	case how == "babble":
		fmt.Print("hello")
		return 0
	case how == "tell":
		fmt.Fprintf(os.Stderr, "%q %q %v", os.Args[1:], text, os.Getenv("AIM_API_KEY") != "")
		return 1
	}
	sound := Sound{Rate: 8000, Channels: 1, PCM: make([]byte, len(text)*80*sampleSize)}
	_, err := os.Stdout.Write(sound.WAV())
	if err != nil {
		return 1
	}
	return 0
}
