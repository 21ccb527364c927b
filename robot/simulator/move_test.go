package simulator

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

var unset = Config{}

// A goto is answered at once, runs for its duration with the least jerk, and ends where it was told to.
func TestGoto(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		begun := time.Now()
		id := r.begin(api.PathGoto, `{"head_pose":{"pitch":0.3},"antennas":[0.5,-0.5],"body_yaw":0.4,"duration":1}`)
		if time.Since(begun) != 0 || !slices.Equal(r.running(), []string{id}) {
			t.Errorf("answered after %v, running %v", time.Since(begun), r.running())
		}
		pass(510 * time.Millisecond)
		if p := r.Pose().Head.Pitch; p < 0.14 || p > 0.16 {
			t.Errorf("half way the pitch is %v", p)
		}
		pass(490 * time.Millisecond)
		if len(r.running()) != 0 {
			t.Error("it runs on")
		}
		pass(period)
		r.at("at the end", robot.Pose{Head: robot.Head{Pitch: 0.3}, Antennas: [2]float64{0.5, -0.5}, BodyYaw: 0.4})
	})
}

// What a goto does not name is held where it is measured.
func TestGotoHoldsTheRest(t *testing.T) {
	inTime(t, unset, func(r *rig) {
		before := r.Pose()
		r.begin(api.PathGoto, `{"antennas":[0,0],"duration":0.5,"interpolation":"linear"}`)
		pass(time.Second)
		r.at("after", robot.Pose{Head: before.Head, Antennas: [2]float64{}, BodyYaw: before.BodyYaw})
	})
}

// Odd durations end at once, as the daemon's do.
func TestGotoWithoutTime(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		for _, d := range []string{"0", "-1", `"nan"`} {
			r.begin(api.PathGoto, `{"head_pose":{"pitch":0.3},"duration":`+d+`}`)
			if len(r.running()) != 0 {
				t.Errorf("duration %s: it runs", d)
			}
		}
		r.begin(api.PathGoto, `{"head_pose":{"pitch":0.3},"duration":"inf"}`)
		pass(24 * time.Hour)
		if len(r.running()) != 1 {
			t.Error("a move without an end ended")
		}
	})
}

// Two moves run at once, and fight: the robot is told now the one, now the other.
func TestMovesOverlap(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		r.begin(api.PathGoto, `{"head_pose":{"yaw":0.6},"duration":1}`)
		r.begin(api.PathGoto, `{"head_pose":{"yaw":-0.6},"duration":1}`)
		if n := len(r.running()); n != 2 {
			t.Fatalf("%d moves run", n)
		}
		var signs []bool
		for range 30 {
			pass(period)
			yaw := r.Pose().Head.Yaw
			if len(signs) == 0 || signs[len(signs)-1] != (yaw > 0) {
				signs = append(signs, yaw > 0)
			}
		}
		if len(signs) < 5 {
			t.Errorf("the head changed sides %d times", len(signs))
		}
	})
}

func TestSetTarget(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		var a api.TargetAnswer
		r.post(api.PathSetTarget, `{"target_head_pose":{"yaw":0.2},"target_antennas":[1,-1],"target_body_yaw":0.1}`, &a)
		if a.Status != api.TargetOK {
			t.Errorf("%+v", a)
		}
		pass(100 * time.Millisecond)
		r.at("the target", robot.Pose{Head: robot.Head{Yaw: 0.2}, Antennas: [2]float64{1, -1}, BodyYaw: 0.1})
		r.begin(api.PathGoto, `{"head_pose":{},"duration":1}`)
		r.post(api.PathSetTarget, `{"target_antennas":[0,0]}`, &a)
		if a.Status != api.TargetIgnored || a.Reason != api.ReasonMoveRunning {
			t.Errorf("during a move: %+v", a)
		}
	})
}

// The body goes no faster than a robot's does.
func TestBodyTakesItsTime(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		var a api.TargetAnswer
		r.post(api.PathSetTarget, `{"target_head_pose":{"yaw":1},"target_antennas":[2,-2]}`, &a)
		pass(2 * period)
		yaw := r.Pose().Head.Yaw
		if yaw <= 0 || yaw > headSpeed*2*period.Seconds() {
			t.Errorf("after two periods the yaw is %v", yaw)
		}
		pass(time.Second)
		r.at("later", robot.Pose{Head: robot.Head{Yaw: 1}, Antennas: [2]float64{2, -2}})
	})
}

// A pose out of reach is accepted, completes on time, and the head stays where it last could be.
func TestOutOfReach(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		events := r.dial(api.PathUpdates)
		begun := time.Now()
		r.begin(api.PathGoto, `{"head_pose":{"pitch":9},"antennas":[9,-9],"duration":1}`)
		got := r.events(events, 2)
		if got[1].Type != api.MoveCompleted || time.Since(begun) != time.Second {
			t.Errorf("%+v after %v", got[1], time.Since(begun))
		}
		pass(time.Second)
		p := r.Pose()
		if _, ok := joints(p.Head, p.BodyYaw); !ok || p.Antennas != [2]float64{9, -9} {
			t.Errorf("the robot is at %+v", p)
		}
		before := p.Head
		var a api.TargetAnswer
		r.post(api.PathSetTarget, `{"target_head_pose":{"z":0.2},"target_antennas":[0,0]}`, &a)
		pass(time.Second)
		if p := r.Pose(); p.Head != before || p.Antennas != [2]float64{} || a.Status != api.TargetOK {
			t.Errorf("a target: %+v, the robot is at %+v", a, p)
		}
	})
}

// The body turns along with a head that looks far aside.
func TestBodyFollowsTheHead(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		r.begin(api.PathGoto, `{"head_pose":{"yaw":2},"antennas":[0,0],"duration":1}`)
		pass(2 * time.Second)
		r.at("far left", robot.Pose{Head: robot.Head{Yaw: 2}, BodyYaw: 2 - mostTwist})
	})
}

func TestStop(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		events := r.dial(api.PathUpdates)
		id := r.begin(api.PathGoto, `{"head_pose":{"pitch":0.3},"duration":1}`)
		pass(500 * time.Millisecond)
		var a api.StopAnswer
		r.post(api.PathStop, `{"uuid":"`+id+`"}`, &a)
		if !strings.Contains(a.Message, id) || len(r.running()) != 0 {
			t.Errorf("%+v", a)
		}
		pass(100 * time.Millisecond)
		before := r.Pose()
		pass(time.Second)
		if p := r.Pose(); p != before || p.Head.Pitch < 0.1 || p.Head.Pitch > 0.2 {
			t.Errorf("it stopped at %+v, and is at %+v", before, p)
		}
		if got := r.events(events, 2); got[0].Type != api.MoveStarted || got[1].Type != api.MoveCancelled || got[1].UUID != id {
			t.Errorf("%+v", got)
		}
		if status, text := r.call(http.MethodPost, api.PathStop, `{"uuid":"`+id+`"}`); status != 500 || text != "Internal Server Error" {
			t.Errorf("twice: %d %s", status, text)
		}
	})
}

// Events are told as they happen, and never again.
func TestUpdatesAreNotReplayed(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		r.begin(api.PathGoto, `{"head_pose":{},"duration":0.1}`)
		pass(time.Second)
		events := r.dial(api.PathUpdates)
		id := r.begin(api.PathGoto, `{"head_pose":{},"duration":0.1}`)
		for _, e := range r.events(events, 2) {
			if e.UUID != id {
				t.Errorf("news of another move: %+v", e)
			}
		}
	})
}

// wake_up takes the head up and rolls it; it does not turn the motors on.
func TestWakeUp(t *testing.T) {
	inTime(t, unset, func(r *rig) {
		begun := time.Now()
		events := r.dial(api.PathUpdates)
		r.begin(api.PathWakeUp, "")
		pass(2*time.Second + 50*time.Millisecond)
		if roll := r.Pose().Head.Roll; roll < 0.2 {
			t.Errorf("it does not roll: %v", roll)
		}
		r.events(events, 2)
		if took := time.Since(begun); took < 2*time.Second || took > 2500*time.Millisecond {
			t.Errorf("it took %v", took)
		}
		pass(period)
		r.at("awake", initial)
		begun = time.Now()
		r.begin(api.PathWakeUp, "")
		r.events(events, 2)
		if took := time.Since(begun); took != 100*time.Millisecond {
			t.Errorf("where it is awake it took %v", took)
		}
	})
}

// goto_sleep ends with the motors off, and then nothing moves, until they are on again.
func TestGoToSleep(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		events := r.dial(api.PathUpdates)
		begun := time.Now()
		r.begin(api.PathGotoSleep, "")
		pass(2500 * time.Millisecond)
		down := robot.Pose{Head: sleeping, Antennas: asleep.Antennas}
		r.at("down", down)
		if r.Motors() != api.MotorsEnabled {
			t.Error("the motors are off too early")
		}
		r.events(events, 2)
		if took := time.Since(begun); took != 4*time.Second || r.Motors() != api.MotorsDisabled {
			t.Errorf("it took %v, motors %s", took, r.Motors())
		}
		r.begin(api.PathWakeUp, "")
		pass(5 * time.Second)
		r.at("without motors", down)
		var a api.Status
		r.post(api.PathSetMotors+"enabled", "", &a)
		pass(time.Second)
		r.at("motors that come on hold what they find", down)
		r.begin(api.PathWakeUp, "")
		pass(5 * time.Second)
		r.at("with motors", initial)
	})
}

// stop_move during a way to sleep stops the head, and the rest of the way goes on.
func TestStopMoveDuringSleep(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		sdk := r.dial(api.PathSDK)
		id := r.begin(api.PathGotoSleep, "")
		pass(400 * time.Millisecond)
		r.send(sdk, api.Command{Type: api.TypeStopMove})
		pass(100 * time.Millisecond)
		if p := r.Pose().Head; distance(p, robot.Head{}) > 5 || !slices.Contains(r.running(), id) {
			t.Errorf("the head is at %+v, running %v", p, r.running())
		}
		pass(2 * time.Second)
		if r.Motors() != api.MotorsDisabled || len(r.running()) != 0 {
			t.Errorf("motors %s, running %v", r.Motors(), r.running())
		}
	})
}

func TestRecorded(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		var names []string
		r.get(api.PathRecordedList+Dataset, &names)
		if len(names) != len(recorded) {
			t.Errorf("the moves are %v", names)
		}
		for _, name := range names {
			before := r.Pose()
			id := r.begin(api.PathRecordedPlay+Dataset+"/"+name, "")
			moved := false
			for slices.Contains(r.running(), id) {
				pass(100 * time.Millisecond)
				p := r.Pose()
				_, ok := joints(p.Head, p.BodyYaw)
				if !ok {
					t.Errorf("%s: %+v is out of reach", name, p)
				}
				moved = moved || p != before
			}
			pass(period)
			r.at(name, initial)
			if !moved {
				t.Errorf("%s does nothing", name)
			}
		}
		for path, want := range map[string]int{Dataset + "/none": 404, "some/where/nod": 500, "nod": 404} {
			if status, text := r.call(http.MethodPost, api.PathRecordedPlay+path, ""); status != want {
				t.Errorf("%s: %d %s", path, status, text)
			}
		}
		if status, _ := r.call(http.MethodGet, api.PathRecordedList+"some/where", ""); status != 500 {
			t.Errorf("an unknown set: %d", status)
		}
	})
}
