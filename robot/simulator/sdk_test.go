package simulator

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/coder/websocket"

	"aimbench/robot"
	"aimbench/robot/api"
)

// kinds counts the messages of a type that come within a time.
func (r *rig) kinds(c *websocket.Conn, d time.Duration) map[string]int {
	r.t.Helper()
	count := map[string]int{}
	for end := time.Now().Add(d); time.Now().Before(end); {
		var m struct{ Type string }
		if err := r.receive(c, &m); err != nil {
			r.t.Fatal(err)
		}
		count[m.Type]++
	}
	return count
}

// The state comes by itself: 50 times a second, and the daemon's own once.
func TestSDKSendsTheState(t *testing.T) {
	inTime(t, unset, func(r *rig) {
		c := r.dial(api.PathSDK)
		got := r.kinds(c, 10*time.Second)
		if n := got[api.TypeHeadPose]; n < 499 || n > 502 || got[api.TypeJointPositions] < 499 || got[api.TypeDaemonStatus] != 11 && got[api.TypeDaemonStatus] != 10 {
			t.Errorf("in ten seconds: %v", got)
		}
	})
}

// A task reports its end, honours its method, is not among the running moves, and blocks targets.
func TestSDKTask(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		c := r.dial(api.PathSDK)
		head := api.Head{Pitch: 0.3}.Matrix()
		r.send(c, api.Task{
			Type: api.TypeTask, UUID: "6f1c0b4e-3f0d-4c6b-9a71-5d7f3f4c2a10",
			Request: api.TaskGoto{Head: &head, Duration: 1, Method: api.Linear},
		})
		pass(time.Second / 4)
		if p := r.Pose().Head.Pitch; p < 0.06 || p > 0.08 {
			t.Errorf("after a quarter the pitch is %v", p)
		}
		var a api.TargetAnswer
		r.post(api.PathSetTarget, `{}`, &a)
		if a.Status != api.TargetIgnored || len(r.running()) != 0 {
			t.Errorf("%+v, running %v", a, r.running())
		}
		begun := time.Now()
		for {
			var m json.RawMessage
			if err := r.receive(c, &m); err != nil {
				t.Fatal(err)
			}
			var p api.TaskProgress
			if _ = json.Unmarshal(m, &p); p.Type == api.TypeTaskProgress {
				if !p.Finished || p.Error != nil || time.Since(begun) > 800*time.Millisecond {
					t.Errorf("%s after %v", m, time.Since(begun))
				}
				break
			}
		}
	})
}

func TestSDKCommands(t *testing.T) {
	inTime(t, Config{Awake: true, Media: true}, func(r *rig) {
		c := r.dial(api.PathSDK)
		yes, no, yaw, matrix, short := true, false, 0.3, api.Head{Yaw: 0.4}.Matrix(), 0.2
		for _, step := range []struct {
			what string
			send api.Command
			want robot.Pose
		}{
			{"head", api.Command{Type: api.TypeSetTarget, Head: &matrix}, robot.Pose{Head: robot.Head{Yaw: 0.4}, Antennas: initial.Antennas}},
			{"antennas", api.Command{Type: api.TypeSetAntennas, Antennas: []float64{1, -1}},
				robot.Pose{Head: robot.Head{Yaw: 0.4}, Antennas: [2]float64{1, -1}}},
			{"body", api.Command{Type: api.TypeSetBodyYaw, BodyYaw: &yaw},
				robot.Pose{Head: robot.Head{Yaw: 0.4}, Antennas: [2]float64{1, -1}, BodyYaw: 0.3}},
			{"goto", api.Command{Type: api.TypeGotoTarget, Antennas: []float64{0, 0}, Duration: &short},
				robot.Pose{Head: robot.Head{Yaw: 0.4}, BodyYaw: 0.3}},
			{"speech", api.Command{Type: api.TypeSetSpeechOffsets, Offsets: []float64{0, 0, 0, 0, 0, 0.1}},
				robot.Pose{Head: robot.Head{Yaw: 0.5}, BodyYaw: 0.3}},
			{"speech bakes into a move that omits the head", api.Command{Type: api.TypeGotoTarget, Antennas: []float64{0, 0}, Duration: &short},
				robot.Pose{Head: robot.Head{Yaw: 0.6}, BodyYaw: 0.3}},
			{"speech of a wrong length", api.Command{Type: api.TypeSetSpeechOffsets, Offsets: []float64{1}},
				robot.Pose{Head: robot.Head{Yaw: 0.6}, BodyYaw: 0.3}},
			{"no more speech", api.Command{Type: api.TypeSetSpeechOffsets, Offsets: make([]float64, 6)},
				robot.Pose{Head: robot.Head{Yaw: 0.5}, BodyYaw: 0.3}},
			{"motors off", api.Command{Type: api.TypeSetTorque, On: &no}, robot.Pose{Head: robot.Head{Yaw: 0.5}, BodyYaw: 0.3}},
			{"a target without motors", api.Command{Type: api.TypeSetFullTarget, Antennas: []float64{1, 1}},
				robot.Pose{Head: robot.Head{Yaw: 0.5}, BodyYaw: 0.3}},
			{"motors on", api.Command{Type: api.TypeSetTorque, On: &yes}, robot.Pose{Head: robot.Head{Yaw: 0.5}, BodyYaw: 0.3}},
			{"gravity", api.Command{Type: api.TypeSetGravity, Enabled: &yes}, robot.Pose{Head: robot.Head{Yaw: 0.5}, BodyYaw: 0.3}},
			{"an unknown mode", api.Command{Type: api.TypeSetMotorMode, Mode: "flying"}, robot.Pose{Head: robot.Head{Yaw: 0.5}, BodyYaw: 0.3}},
		} {
			r.send(c, step.send)
			pass(time.Second)
			r.at(step.what, step.want)
		}
		if r.Motors() != api.MotorsGravityCompensation {
			t.Errorf("motors %s", r.Motors())
		}
		r.send(c, api.Command{Type: api.TypeSetMotorMode, Mode: api.MotorsEnabled})
		r.send(c, api.Command{Type: api.TypePlaySound, File: "wake_up.wav"})
		r.send(c, api.Command{Type: api.TypeStopMove})
		pass(500 * time.Millisecond)
		if name, _ := r.Playing(); name != "wake_up.wav" {
			t.Errorf("a sound and a stop of moves: playing %q", name)
		}
		r.send(c, api.Command{Type: api.TypeGotoSleep})
		pass(5 * time.Second)
		r.at("asleep", robot.Pose{Head: sleeping, Antennas: asleep.Antennas})
		r.send(c, api.Command{Type: api.TypeSetMotorMode, Mode: api.MotorsEnabled})
		r.send(c, api.Command{Type: api.TypeWakeUp})
		pass(5 * time.Second)
		r.at("awake", initial)
	})
}

// What is recorded comes back when the recording ends, and is gone then.
func TestSDKRecords(t *testing.T) {
	inTime(t, unset, func(r *rig) {
		c := r.dial(api.PathSDK)
		for i, want := range []int{2, 0} {
			if i == 0 {
				r.send(c, api.Command{Type: api.TypeAppendRecord, Record: json.RawMessage(`{"too":"early"}`)})
				r.send(c, api.Command{Type: api.TypeStartRecording})
			}
			for _, record := range []string{`{"time":1}`, `[]`, `{"time":2}`} {
				r.send(c, api.Command{Type: api.TypeAppendRecord, Record: json.RawMessage(record)})
			}
			r.send(c, api.Command{Type: api.TypeStopRecording})
			var got api.RecordedData
			for got.Type != api.TypeRecordedData {
				got = api.RecordedData{}
				if err := r.receive(c, &got); err != nil {
					t.Fatal(err)
				}
			}
			if len(got.Data) != want {
				t.Errorf("recorded %s, want %d", got.Data, want)
			}
		}
	})
}

// What is not understood is passed over, and the socket stays.
func TestSDKPassesOver(t *testing.T) {
	inTime(t, Config{Awake: true}, func(r *rig) {
		c := r.dial(api.PathSDK)
		for _, text := range []string{
			``, `{`, `[]`, `{"type":1}`, `{"type":"get_version"}`, `{"type":"set_target","head":[1]}`, `{"type":"task"}`,
			`{"type":"task","uuid":"x","req":{}}`, `{"type":"set_antennas","antennas":[1]}`, `{"type":"set_torque"}`,
		} {
			if err := c.Write(r.ctx, websocket.MessageText, []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		if got := r.kinds(c, time.Second); got[api.TypeHeadPose] == 0 {
			t.Errorf("%v", got)
		}
		r.at("still there", initial)
	})
}
