package robot

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Builtin is a gesture that every scenario knows by name.
type Builtin struct {
	Gesture
	// About says what it looks like and what it is for.
	About string
}

// to is a move of the whole robot in a number of milliseconds: the head as given, in degrees but for z, which is in
// millimetres, and the antennas [right, left] in degrees outward from the vertical.
func to(ms int, z, roll, pitch, yaw, right, left float64) Keyframe {
	return Keyframe{
		Pose: Pose{
			Head:     Head{Z: z / 1000, Roll: deg(roll), Pitch: deg(pitch), Yaw: deg(yaw)},
			Antennas: [2]float64{-deg(right), deg(left)},
		},
		Axes:     AllAxes,
		Duration: time.Duration(ms) * time.Millisecond,
	}
}

// rest is a move to the pose of waking, where most gestures end.
func rest(ms int) Keyframe {
	return Keyframe{Pose: Init, Axes: AllAxes, Duration: time.Duration(ms) * time.Millisecond}
}

// body is a move with the body turned as well, by degrees to the left.
func body(degrees float64, k Keyframe) Keyframe {
	k.Pose.BodyYaw = deg(degrees)
	return k
}

// forward is a move with the head pushed forward as well, by millimetres.
func forward(mm float64, k Keyframe) Keyframe {
	k.Pose.Head.X = mm / 1000
	return k
}

func moves(name, about string, m ...Keyframe) Builtin {
	return Builtin{Gesture{Name: name, Moves: m}, about}
}

// Builtins are the gestures that scenarios know by name; docs/gestures.md is made from them. A first move leaves time to
// come from wherever another gesture may have ended.
//
// The columns are: milliseconds, z in mm, roll, pitch (positive looks down), yaw (positive looks left), right antenna,
// left antenna.
var Builtins = []Builtin{
	moves("ack", "a short dip of the head: heard you",
		to(240, 0, 0, 9, 0, 20, 20), rest(260)),
	moves("complete", "a calm nod with the antennas raised: done",
		to(360, 5, 0, -5, 0, 0, 0), to(300, 0, 0, 12, 0, 20, 20), rest(340)),
	moves("thinking", "looks up and to the left, then sways there; ends there, until the answer comes",
		to(460, 5, 8, -12, 18, 45, -10), to(700, 5, -4, -12, 12, 30, 0), to(700, 5, 8, -12, 18, 45, -10)),
	moves("error", "droops, head down and antennas hanging, and shakes its head: something went wrong",
		to(500, -10, 0, 18, 0, 100, 100), to(300, -10, 0, 18, 10, 100, 100), to(380, -10, 0, 18, -10, 100, 100),
		to(300, -10, 0, 18, 0, 100, 100), rest(600)),
	moves("nod", "down, and up again: yes",
		to(320, 0, 0, 16, 0, 10, 10), to(320, 0, 0, -4, 0, 10, 10), rest(240)),
	moves("nod_fast", "two quick nods: yes, yes",
		to(260, 0, 0, 12, 0, 10, 10), to(220, 0, 0, 0, 0, 10, 10), to(220, 0, 0, 12, 0, 10, 10), rest(240)),
	moves("nod_tilt", "a nod with the head tilted: yes, and kindly",
		to(340, 0, 10, 14, 0, 5, 25), to(340, 0, 10, -3, 0, 5, 25), rest(320)),
	moves("thinking_done", "comes back from thinking with the antennas up and a small nod: got it",
		to(360, 6, 0, -6, 0, -5, -5), to(260, 0, 0, 7, 0, 10, 10), rest(260)),
	moves("no", "shakes its head: no",
		to(360, 0, 0, 3, 20, 15, 15), to(420, 0, 0, 3, -20, 15, 15), to(420, 0, 0, 3, 16, 15, 15), rest(340)),
	moves("confused", "tilts its head far to the side, one antenna up and one down: what?",
		to(460, 0, 20, 4, 8, 70, -15), to(600, 0, 17, 2, 4, 60, -10), to(620, 0, -14, 4, -8, -15, 70), rest(480)),
	moves("listening", "leans in with its head tilted and its antennas up, and stays so: go on",
		forward(8, to(420, 0, 9, -4, 0, -5, -5))),
	moves("greeting", "looks up and waves both antennas: hello",
		to(400, 6, 8, -8, 0, -15, 60), to(340, 6, -8, -8, 0, 60, -15), to(340, 6, 8, -8, 0, -15, 60),
		to(340, 6, -8, -8, 0, 60, -15), rest(400)),
	moves("curious", "pushes its head forward and turns it to look closer: tell me more",
		forward(15, to(480, 0, -12, 8, 12, -10, 30)), forward(15, to(600, 0, 10, 8, -12, 30, -10)), rest(480)),
	moves("surprised", "starts back and up, antennas out: oh!",
		forward(-10, to(300, 10, 0, -12, 0, 55, 55)), forward(-10, to(360, 10, 0, -11, 0, 48, 48)), rest(500)),
	moves("excited", "bounces, turning left and right, antennas flying: great!",
		body(10, to(340, 8, 6, -4, 10, -15, 50)), body(-10, to(360, -4, -6, 4, -10, 50, -15)),
		body(10, to(360, 8, 6, -4, 10, -15, 50)), body(-10, to(360, -4, -6, 4, -10, 50, -15)), rest(400)),
	moves("happy", "sways from side to side: that is nice",
		to(420, 4, 12, -5, 4, 0, 35), to(500, 4, -12, -5, -4, 35, 0), to(500, 4, 12, -5, 4, 0, 35), rest(440)),
	moves("agreeing", "two slow nods: I think so too",
		to(380, 0, 0, 13, 0, 10, 10), to(360, 0, 0, -2, 0, 10, 10), to(360, 0, 0, 11, 0, 10, 10), rest(360)),
	moves("emphatic", "a strong nod with the head thrust forward: exactly!",
		forward(-6, to(360, 6, 0, -8, 0, -5, -5)), forward(12, to(300, -4, 0, 20, 0, 35, 35)), rest(400)),
	{Gesture{Name: "wake_up", Kind: Wake}, "wakes up: the daemon's own move; never interrupted"},
	{Gesture{Name: "goto_sleep", Kind: Sleep}, "lies down to sleep and lets its motors go: the daemon's own move; never interrupted"},
	{Gesture{Name: "random", Kind: Random}, "any of the above but the last two, drawn anew each time"},
}

// Names are the names of the built-in gestures.
func Names() []string {
	names := make([]string, len(Builtins))
	for i, b := range Builtins {
		names[i] = b.Name
	}
	return names
}

// Named is the gesture of a name: a built-in one, or recorded:DATASET:MOVE.
func Named(name string) (Gesture, error) {
	for _, b := range Builtins {
		if b.Name == name {
			return b.clone(), nil
		}
	}
	if rest, ok := strings.CutPrefix(name, "recorded:"); ok {
		dataset, move, _ := strings.Cut(rest, ":")
		g := Gesture{Name: name, Kind: Recorded, Dataset: dataset, Move: move}
		if err := g.valid(); err != nil {
			return Gesture{}, fmt.Errorf("gesture %q: %w", name, err)
		}
		return g, nil
	}
	return Gesture{}, fmt.Errorf("there is no gesture %q; there are %s, and recorded:DATASET:MOVE", name, strings.Join(Names(), ", "))
}

func (g Gesture) clone() Gesture {
	g.Moves = slices.Clone(g.Moves)
	return g
}

// Drawn is the gesture itself, or the one that a gesture of the kind Random stands for this time: pick draws a number
// from 0 to n − 1.
func (g Gesture) Drawn(pick func(n int) int) Gesture {
	if g.Kind != Random {
		return g
	}
	var among []Gesture
	for _, b := range Builtins {
		if b.Kind == Keyframes {
			among = append(among, b.Gesture)
		}
	}
	return among[pick(len(among))].clone()
}
