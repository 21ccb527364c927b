package progress

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"aimbench/engine/event"
	"aimbench/engine/report"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLinesOffATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := Start(Options{Out: &out, Name: "smoke", Total: 1402})
		p.Begin("smoke", "greet")
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if got, want := out.String(), "smoke: 0 of 1,402 turns done, 1 in flight, 0 failed, 10s\n"; got != want {
			t.Errorf("after 11 s: %q, want %q", got, want)
		}
		p.Record(&event.Turn{Class: event.Dial})
		p.Record(&event.Turn{Class: event.Dial, ExpectFailure: true})
		time.Sleep(10 * time.Second)
		p.Stop()
		p.Stop()
		_, last, _ := strings.Cut(out.String(), "\n")
		if want := "smoke: 2 of 1,402 turns done, 0 in flight, 1 failed, 20s\n"; last != want {
			t.Errorf("after 21 s: %q, want %q", last, want)
		}
	})
}

func TestAQuickRunSaysNothing(t *testing.T) {
	var out bytes.Buffer
	p := Start(Options{Out: &out, Name: "smoke"})
	p.Record(&event.Turn{})
	p.Stop()
	if out.Len() > 0 {
		t.Errorf("said %q", out.String())
	}
}

// A bar must not outlive its run, whether or not all that was planned was done.
func TestABarEndsWithItsRun(t *testing.T) {
	for _, total := range []int{0, 1, 3} {
		null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		p := Start(Options{Out: null, Style: report.Style{Terminal: true, Unicode: total == 1}, Name: "smoke", Total: total})
		p.Begin("smoke", "greet")
		p.Record(&event.Turn{})
		p.Stop()
		if err := null.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
