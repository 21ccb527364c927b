package engine_test

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"os"
	"testing"

	"aimbench/engine"
	"aimbench/engine/measure"
	"aimbench/robot/api"
)

const looking = `
endpoint "aim" {
  simulator {}
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
}
conversation "c" {
  robot = robot.reachy
  turn "t" {
    user = "Hello!"
    perform "look" {
      on      = reply
      gesture = gesture.look
    }
    assert {
      condition     = perform.look.status == "done"
      error_message = "${perform.look.status}: ${perform.look.detail}"
    }
    assert {
      condition     = abs(robot.state.yaw - deg(20)) < 0.05 && robot.state.motors == "enabled"
      error_message = "It is at ${robot.state.yaw}, and its motors are ${robot.state.motors}."
    }
  }
}
`

// TestReal moves a real robot, or the maker's simulator: the one behind the daemon that REACHY_DAEMON_URL names. The
// daemon itself says that the head is where the gesture put it.
func TestReal(t *testing.T) {
	url := os.Getenv("REACHY_DAEMON_URL")
	if url == "" {
		t.Skip("REACHY_DAEMON_URL names no daemon")
	}
	e, err := engine.Open(compile(t, fmt.Sprintf(looking, url)), engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	summary, err := e.Run(t.Context(), nil)
	turns := e.Recorder().Turns()
	e.Close()
	if err != nil || summary.ExitCode != measure.ExitPass {
		t.Fatalf("%v, exit code %d: %s\n%+v", err, summary.ExitCode, summary.Reason, turns)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get(url + api.PathStateFull)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close() //nolint:errcheck // it is read
	var state api.State
	if err := json.NewDecoder(response.Body).Decode(&state); err != nil {
		t.Fatal(err)
	}
	head, antennas := state.HeadPose.Head, state.Antennas
	for what, pair := range map[string][2]float64{
		"yaw": {head.Yaw, 20 * math.Pi / 180}, "pitch": {head.Pitch, 10 * math.Pi / 180},
		"right antenna": {antennas[0], -0.7}, "left antenna": {antennas[1], 0.3},
	} {
		if math.Abs(pair[0]-pair[1]) > 0.1 {
			t.Errorf("the daemon says that the %s is at %.3f rad, want %.3f", what, pair[0], pair[1])
		}
	}
}
