package edge

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aimbench/engine"
	"aimbench/engine/event"
	"aimbench/engine/measure"
	"aimbench/engine/plan"
	"aimbench/engine/scenario"
	"aimbench/robot"
	"aimbench/robot/api"
)

// looks is a talk in which the model moves the robot by a function, to where it stays for a while.
const looks = `
endpoint "aim" {
  simulator {
    ttft = "50ms"
    itl  = "20ms"
    reply {
      when = "window"
      text = "There it is."
      tool_call "look" {
        arguments = {}
      }
    }
    reply {
      when = "story"
      text = "Once upon a time there was a robot, and that robot told a story, and in that story there was a robot, and that robot told a story, and in that story there was a robot that told no more."
    }
    reply {
      text = "Yes."
    }
  }
}
robot "reachy" {
  on_exit = hold
  daemon {
    url = %q
  }
}
gesture "look" {
  move {
    yaw      = deg(20)
    pitch    = deg(10)
    antennas = [-0.7, 0.3]
    duration = "600ms"
  }
  move {
    yaw      = deg(20)
    duration = "2s"
  }
}
tool "look" {
  description = "Look out of the window."
  gesture     = gesture.look
}
conversation "talk" {
  robot = robot.reachy
  tools = [tool.look]
  turn "unused" {
    user = "Nobody says this."
  }
}
`

// TestReal talks with the robot behind the daemon that REACHY_DAEMON_URL names: five turns, of which one moves it by a
// function, and one is cut in on. While the gesture lasts, the daemon itself says that the head is where that leads. The
// talk that is saved runs.
func TestReal(t *testing.T) {
	url := os.Getenv("REACHY_DAEMON_URL")
	if url == "" {
		t.Skip("REACHY_DAEMON_URL names no daemon")
	}
	w := hold(t, fmt.Sprintf(looks, url), nil)
	w.Do("Hello!")
	w.Do("/wake")
	w.Do("What is outside the window?")
	want := robot.Pose{Head: robot.Head{Yaw: 20 * math.Pi / 180, Pitch: 10 * math.Pi / 180}, Antennas: [2]float64{-0.7, 0.3}}
	reaches(t, url, want)
	if state := w.body.machine.Loop.State(); state.Gesture != "look" {
		t.Errorf("it is there, and it is %s: %q", state.Activity, state.Gesture)
	}
	w.Settle()
	time.AfterFunc(500*time.Millisecond, w.CutIn)
	w.Do("Tell me a story.")
	w.Do("Are you there?")
	w.Do("Goodbye!")
	w.Settle()
	w.Do("/save again.hcl")
	w.leave()

	if len(w.settled) != 5 || w.replies[2].Class != event.HungUp || w.replies[2].Text == "" {
		t.Fatalf("%d turns; shown: %q", len(w.settled), w.all())
	}
	if g := w.settled[1].Gestures; len(g) != 1 || g[0].Perform != "tool.look" || g[0].Status != event.GestureDone {
		t.Errorf("the call's gestures: %+v", g)
	}
	runs(t, filepath.Join(w.dir, "again.hcl"))
}

// reaches waits until the daemon says that the robot is at a pose.
func reaches(t *testing.T, url string, want robot.Pose) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 2 * time.Second}
	var off robot.Distance
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		response, err := client.Get(url + api.PathStateFull)
		if err != nil {
			t.Fatal(err)
		}
		var state api.State
		err = json.NewDecoder(response.Body).Decode(&state)
		_ = response.Body.Close() // it was read
		if err != nil {
			t.Fatal(err)
		}
		off = want.Distance(robot.Pose{Head: robot.Head(state.HeadPose.Head), Antennas: *state.Antennas, BodyYaw: *state.BodyYaw})
		if off.Angle < 0.05 && off.Way < 0.005 && off.Antenna < 0.1 {
			return
		}
	}
	t.Errorf("the daemon says that the robot is %+v off the gesture's pose", off)
}

// runs runs a scenario, which must pass.
func runs(t *testing.T, path string) {
	t.Helper()
	s, diags := scenario.Read([]string{path}, scenario.Options{})
	if diags.HasErrors() {
		t.Fatal(s.Explain(diags))
	}
	p, more := plan.Compile(s, plan.Options{})
	if more.HasErrors() {
		t.Fatal(s.Explain(more))
	}
	e, err := engine.Open(p, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	summary, err := e.Run(t.Context(), nil)
	if err != nil || summary.ExitCode != measure.ExitPass {
		t.Errorf("%v, exit code %d: %s\n%+v", err, summary.ExitCode, summary.Reason, e.Recorder().Turns())
	}
}
