package simulator

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"aimbench/robot"
	"aimbench/robot/api"
)

func TestLate(t *testing.T) {
	inTime(t, Config{Faults: []Fault{{Kind: Late, Delay: 3 * time.Second, Count: 1}}}, func(r *rig) {
		for _, want := range []time.Duration{3 * time.Second, 0} {
			begun := time.Now()
			if status, _ := r.call(http.MethodGet, api.PathMotors, ""); status != 200 || time.Since(begun) != want {
				t.Errorf("%d after %v, want %v", status, time.Since(begun), want)
			}
		}
	})
}

func TestHTTP500(t *testing.T) {
	inTime(t, Config{Faults: []Fault{{Kind: HTTP500, From: time.Second, For: time.Second}}}, func(r *rig) {
		for _, want := range []int{200, 500, 200} {
			if status, text := r.call(http.MethodGet, api.PathMotors, ""); status != want || want == 500 && text != "Internal Server Error" {
				t.Errorf("%d %s, want %d", status, text, want)
			}
			pass(time.Second)
		}
	})
}

// A share is drawn by the seed: the same each time, and about as large as it is said to be.
func TestShare(t *testing.T) {
	outcomes := func(seed int64) (all string) {
		inTime(t, Config{Seed: seed, Faults: []Fault{{Kind: HTTP500, Share: 0.3}, {Kind: Dropped, Share: 0.2}}}, func(r *rig) {
			for range 300 {
				status, _ := r.call(http.MethodPost, api.PathSetTarget, "{}")
				all += map[int]string{200: "a", 500: "b", 0: "c"}[status]
			}
		})
		return all
	}
	first := outcomes(1)
	failed, cut := strings.Count(first, "b"), strings.Count(first, "c")
	if failed < 70 || failed > 110 || cut < 40 || cut > 80 {
		t.Errorf("of 300: %d failed, %d cut", failed, cut)
	}
	if outcomes(1) != first || outcomes(2) == first {
		t.Error("the seed does not decide")
	}
}

// A move that is refused is accepted, and completes at once.
func TestRefused(t *testing.T) {
	inTime(t, Config{Awake: true, Faults: []Fault{{Kind: Refused, Count: 2}}}, func(r *rig) {
		events := r.dial(api.PathUpdates)
		begun := time.Now()
		r.begin(api.PathGoto, `{"head_pose":{"pitch":0.3},"duration":1}`)
		if got := r.events(events, 2); got[1].Type != api.MoveCompleted || time.Since(begun) != 0 {
			t.Errorf("%+v after %v", got, time.Since(begun))
		}
		var a api.TargetAnswer
		r.post(api.PathSetTarget, `{"target_antennas":[1,1]}`, &a)
		if a.Status != api.TargetIgnored {
			t.Errorf("%+v", a)
		}
		pass(time.Second)
		r.at("refused", initial)
		r.begin(api.PathGoto, `{"antennas":[0,0],"duration":1}`)
		pass(2 * time.Second)
		r.at("no longer", robot.Neutral)
	})
}

func TestDroppedSocket(t *testing.T) {
	inTime(t, Config{Faults: []Fault{{Kind: Dropped, Count: 1, Delay: 2 * time.Second}}}, func(r *rig) {
		begun := time.Now()
		c := r.dial(api.PathUpdates)
		if err := r.receive(c, &struct{}{}); err == nil || time.Since(begun) != 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		c = r.dial(api.PathSDK)
		if got := r.kinds(c, 10*time.Second); got[api.TypeHeadPose] < 400 {
			t.Errorf("the next: %v", got)
		}
	})
}

// A robot that is lost cuts everything, and is back later, where its moves have taken it; its viewer stays.
func TestLost(t *testing.T) {
	inTime(t, Config{Awake: true, Faults: []Fault{{Kind: Lost, From: time.Second, For: 5 * time.Second}}}, func(r *rig) {
		c, viewer := r.dial(api.PathSDK), r.dial(PathShowStream)
		r.begin(api.PathGoto, `{"antennas":[1,-1],"duration":3}`)
		for {
			var m any
			if err := r.receive(c, &m); err != nil {
				break
			}
		}
		if status, _ := r.call(http.MethodGet, api.PathMotors, ""); status != 0 {
			t.Errorf("while it is lost: %d", status)
		}
		if _, _, err := websocket.Dial(r.ctx, "ws://robot"+api.PathSDK, &websocket.DialOptions{HTTPClient: r.client}); err == nil {
			t.Error("a socket opened while it is lost")
		}
		var f frame
		for !f.Lost {
			if err := r.receive(viewer, &f); err != nil {
				t.Fatal(err)
			}
		}
		pass(6 * time.Second)
		if status, _ := r.call(http.MethodGet, api.PathMotors, ""); status != 200 {
			t.Errorf("it is not back: %d", status)
		}
		r.at("back", robot.Pose{Antennas: [2]float64{1, -1}})
		r.SetLost(true)
		if status, _ := r.call(http.MethodGet, api.PathMotors, ""); status != 0 {
			t.Errorf("lost again: %d", status)
		}
	})
}

// The manual lists the faults.
func TestManualListsTheKinds(t *testing.T) {
	const manual = "../../docs/robot.md"
	text, err := os.ReadFile(manual)
	if err != nil {
		t.Fatal(err)
	}
	table := "| kind | the robot |\n|---|---|\n"
	for _, k := range Kinds() {
		table += fmt.Sprintf("| `%s` | %s |\n", k.Kind, k.Doc)
	}
	before, rest, _ := strings.Cut(string(text), "| kind |")
	_, after, found := strings.Cut(rest, "\n\n")
	if !found {
		t.Fatal("the manual has no table of kinds")
	}
	want := before + table + "\n" + after
	if *update {
		if err := os.WriteFile(manual, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Errorf("the manual's table is not that of Kinds; go test -update writes it:\n%s", table)
	}
}
