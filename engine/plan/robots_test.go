package plan_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"aimbench/engine/plan"
	"aimbench/engine/scenario"
	"aimbench/robot"
)

const behindDaemon = `
endpoint "real" {
  base_url = "http://aim.example"
}
robot "reachy" {
  SHARE
  daemon {
    url = "http://127.0.0.1:8000"
  }
}
gesture "bow" {
  move {
    PITCH
    duration = "400ms"
  }
}
conversation "one" {
  robot = robot.reachy
  perform "bow" {
    on      = reply
    gesture = gesture.bow
  }
  perform "think" {
    on      = waiting
    gesture = gesture.thinking
  }
  turn "t" {
    user = "Hi."
  }
}
conversation "still" {
  turn "t" {
    user = "Hi."
  }
}
`

func loadOf(name, conversation, arguments string) string {
	return "load \"" + name + "\" {\n  mix {\n    conversation = conversation." + conversation + "\n  }\n  " + arguments + "\n}\n"
}

// The language knows the gestures, the interpolations and their names that robots do.
func TestTheLanguageKnowsTheRobot(t *testing.T) {
	names := robot.Names()
	slices.Sort(names)
	if !slices.Equal(names, scenario.BuiltinGestures) {
		t.Errorf("the language knows %v\nthe robot    %v", scenario.BuiltinGestures, names)
	}
	var ways []string
	for _, i := range robot.Interpolations {
		ways = append(ways, string(i))
	}
	if !slices.Equal(ways, scenario.Interpolations) {
		t.Errorf("the language knows %v\nthe robot    %v", scenario.Interpolations, ways)
	}
}

// A gesture that no robot can do is an error of the plan that names the limit, at the move that breaks it.
func TestGesturesWithinReach(t *testing.T) {
	for _, c := range []struct{ move, want string }{
		{"pitch = deg(20)", ""},
		{"pitch = deg(-41)", "it.hcl:12,3-7: Gesture out of reach; gesture \"bow\", move 1: pitch"},
		{"yaw = deg(70)", "it.hcl:12,3-7: Gesture out of reach; gesture \"bow\", move 1: the angle between head yaw and body yaw"},
		{"antennas = [1, -3.5]", "it.hcl:12,3-7: Gesture out of reach; gesture \"bow\", move 1: left_antenna"},
		{"roll = deg(40)", "head rotation speed"},
		{"z = -0.049", "head translation speed"},
	} {
		text := strings.NewReplacer("SHARE", "", "PITCH", c.move).Replace(behindDaemon)
		if strings.Contains(c.want, "speed") {
			text = strings.Replace(text, `"400ms"`, `"60ms"`, 1)
		}
		_, diags := plan.Compile(read(t, text, nil), plan.Options{})
		switch {
		case c.want == "" && len(diags) > 0:
			t.Errorf("%s: %v", c.move, diags)
		case c.want != "" && (len(diags) != 1 || !strings.Contains(diags[0].Error(), c.want)):
			t.Errorf("%s: %v, want %s", c.move, diags, c.want)
		}
	}
}

// A robot behind a daemon is one body.
func TestOneBody(t *testing.T) {
	for _, c := range []struct{ name, share, loads, want string }{
		{"without a load", "", "", ""},
		{"one user", "", loadOf("l", "one", "users = 1\n  duration = \"1s\""), ""},
		{"two users", "", loadOf("l", "one", "users = 2\n  duration = \"1s\""), "load \"l\" may have 2 conversations"},
		{"two users who share", "share = first", loadOf("l", "one", "users = 2\n  duration = \"1s\""), ""},
		{"two users without it", "", loadOf("l", "still", "users = 2\n  duration = \"1s\""), ""},
		{"arrivals", "", loadOf("l", "one", "arrival = poisson\n  rate = 1\n  duration = \"1s\""), "any number of conversations"},
		{"arrivals one at a time", "", loadOf("l", "one", "arrival = poisson\n  rate = 1\n  duration = \"1s\"\n  max_in_flight = 1"), ""},
		{"two loads side by side", "", loadOf("l", "one", "users = 1\n  duration = \"1s\"") + loadOf("m", "one", "users = 1\n  duration = \"1s\""), "loads \"l\" and \"m\" run at the same time"},
		{"two loads in turn", "", loadOf("l", "one", "users = 1\n  duration = \"1s\"") + loadOf("m", "one", "users = 1\n  duration = \"1s\"\n  after = load.l"), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := strings.NewReplacer("SHARE", c.share, "PITCH", "pitch = 0.1").Replace(behindDaemon) + c.loads
			_, diags := plan.Compile(read(t, text, nil), plan.Options{})
			if c.want == "" && len(diags) > 0 || c.want != "" && (len(diags) != 1 || !strings.Contains(diags[0].Detail, c.want)) {
				t.Errorf("%v, want %q", diags, c.want)
			}
			if _, diags = plan.Compile(read(t, text, nil), plan.Options{Simulate: true}); len(diags) > 0 {
				t.Errorf("simulated: %v", diags)
			}
		})
	}
}

// A plan says which robots and gestures there are, and a rehearsal reaches no robot.
func TestPlanOfARobot(t *testing.T) {
	s := read(t, strings.NewReplacer("SHARE", "share = first", "PITCH", "pitch = 0.1").Replace(behindDaemon), nil)
	p := compile(t, s, plan.Options{})
	var out strings.Builder
	if err := p.WriteText(&out, scenario.Style{}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"robot         reachy    daemon http://127.0.0.1:8000, one conversation at a time\n",
		"gesture       bow       1 move, 400ms\n",
		"gesture       thinking  built in, ",
		"one       1 turn, with real, robot reachy\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s\nlacks %s", &out, want)
		}
	}
	raw, err := json.Marshal(p)
	if err != nil || !strings.Contains(string(raw), `"robots":[{"name":"reachy","url":"http://127.0.0.1:8000","simulator":false,"share":"first"}]`) ||
		!strings.Contains(string(raw), `{"name":"bow","kind":"moves","builtin":false,"moves":1,"duration":0.4}`) {
		t.Errorf("%s %v", raw, err)
	}
	p = compile(t, s, plan.Options{Simulate: true})
	if r := p.Conversations[0].Robot; r.Simulator == nil || r.DaemonURL != "" || !p.Simulated || s.Robots[0].Simulator != nil {
		t.Errorf("%+v", r)
	}
}
