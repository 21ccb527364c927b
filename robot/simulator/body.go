package simulator

import (
	"math"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

// period is how often the daemon measures, and hands its target to the motors.
const period = 20 * time.Millisecond

// catchUp is how much of the past is computed. Whoever looks after a longer time sees a body that had this long to follow
// its target, which is more than any way takes.
const catchUp = 500 * period

// The speeds of the body: somewhat more than the limits of gestures, so that they are followed.
const (
	headSpeed    = 10.0 // rad/s
	headTravel   = 0.43 // m/s
	antennaSpeed = 40.0 // rad/s
	bodySpeed    = 8.5  // rad/s
)

// asleep is the pose in which the daemon starts; sleeping is the head of the end of its way to sleep.
var (
	asleep = robot.Pose{
		Head:     robot.Head{X: -0.01518, Y: 0.00102, Z: -0.05041, Roll: 0.00127, Pitch: 0.53797, Yaw: -0.0047},
		Antennas: [2]float64{-3.05, 3.05},
	}
	sleeping = robot.Head{X: -0.021, Y: 0.001, Z: -0.044, Pitch: 0.4258, Yaw: -0.0044}
	initial  = robot.Init
)

// targets are what the body was last asked for. nil was never asked for.
type targets struct {
	head     *robot.Head
	antennas *[2]float64
	bodyYaw  *float64
}

// body is where the robot is and where it goes. Nothing moves it but advance: what it did since it was last looked at is
// computed when it is looked at.
type body struct {
	begun    time.Time
	tick     int64 // the periods since then that are computed
	measured robot.Pose
	// goal is the last target in reach, with speech's offset; the motors go there.
	goal    robot.Pose
	target  targets
	speech  robot.Head
	solve   bool // head or body yaw were asked for, and the motors do not know yet
	motors  api.MotorMode
	gliders []*glide // in the order in which they started
}

// glide is a way in time, while it is gone.
type glide struct {
	way   way
	begun time.Time
}

// way says where all axes shall be some time after its begin.
type way func(elapsed time.Duration) robot.Pose

func newBody(now time.Time) *body {
	return &body{begun: now, measured: asleep, goal: asleep, motors: api.MotorsEnabled}
}

// advance brings the body up to now.
func (b *body) advance(now time.Time) {
	last := int64(now.Sub(b.begun) / period)
	if last-b.tick > int64(catchUp/period) {
		b.tick = last - int64(catchUp/period)
	}
	for b.tick < last {
		if b.still() {
			b.tick = last
			return
		}
		b.tick++
		b.step(b.begun.Add(time.Duration(b.tick) * period))
	}
}

// still reports whether nothing changes until somebody asks for something.
func (b *body) still() bool {
	followed := !b.solve && (b.target.antennas == nil || *b.target.antennas == b.goal.Antennas)
	return len(b.gliders) == 0 && followed && (b.measured == b.goal || b.motors != api.MotorsEnabled)
}

// step is one period. Where several moves run at once, each has its way in turn.
func (b *body) step(now time.Time) {
	if n := int64(len(b.gliders)); n > 0 {
		g := b.gliders[b.tick%n]
		b.aim(g.way(now.Sub(g.begun)))
	}
	b.follow()
	if b.motors == api.MotorsEnabled {
		b.measured = approach(b.measured, b.goal, period.Seconds())
	}
}

// aim sets all targets.
func (b *body) aim(p robot.Pose) {
	b.target = targets{&p.Head, &p.Antennas, &p.BodyYaw}
	b.solve = true
}

// follow turns targets into a goal. Where the head cannot be had, it stays, and is tried again.
func (b *body) follow() {
	if b.target.antennas != nil {
		b.goal.Antennas = *b.target.antennas
	}
	if !b.solve {
		return
	}
	var head robot.Head // what was never asked for is upright, as with the daemon
	if b.target.head != nil {
		head = *b.target.head
	}
	yaw := 0.0
	if b.target.bodyYaw != nil {
		yaw = *b.target.bodyYaw
	}
	head = robot.Pose{Head: head}.Plus(robot.Pose{Head: b.speech}).Head // in the world's axes
	head = robot.Head(matrix(head).Head())
	if motors, ok := joints(head, yaw); ok {
		b.goal.Head, b.goal.BodyYaw, b.solve = head, motors[0], false
	}
}

// setMotors changes the mode. Motors that come on hold what they find.
func (b *body) setMotors(mode api.MotorMode) {
	if mode == api.MotorsEnabled && b.motors != mode {
		found := b.measured
		b.goal, b.target, b.solve = found, targets{&found.Head, &found.Antennas, &found.BodyYaw}, false
	}
	b.motors = mode
}

// angles are those of the motors, as they are measured.
func (b *body) angles() [7]float64 {
	angles, _ := joints(b.measured.Head, b.measured.BodyYaw)
	for i, a := range angles {
		if math.IsNaN(a) { // between two poses in reach may be one that is not
			angles[i] = 0
		}
	}
	return angles
}

// approach moves p toward goal for so many seconds.
func approach(p, goal robot.Pose, seconds float64) robot.Pose {
	h, g := p.Head, goal.Head
	travel := math.Hypot(math.Hypot(g.X-h.X, g.Y-h.Y), g.Z-h.Z)
	turn := max(math.Abs(g.Roll-h.Roll), math.Abs(g.Pitch-h.Pitch), math.Abs(g.Yaw-h.Yaw))
	if part := share(travel, headTravel*seconds); part < 1 {
		g.X, g.Y, g.Z = h.X+part*(g.X-h.X), h.Y+part*(g.Y-h.Y), h.Z+part*(g.Z-h.Z)
	}
	if part := share(turn, headSpeed*seconds); part < 1 {
		g.Roll, g.Pitch, g.Yaw = h.Roll+part*(g.Roll-h.Roll), h.Pitch+part*(g.Pitch-h.Pitch), h.Yaw+part*(g.Yaw-h.Yaw)
	}
	return robot.Pose{
		Head: g,
		Antennas: [2]float64{
			toward(p.Antennas[0], goal.Antennas[0], antennaSpeed*seconds),
			toward(p.Antennas[1], goal.Antennas[1], antennaSpeed*seconds),
		},
		BodyYaw: toward(p.BodyYaw, goal.BodyYaw, bodySpeed*seconds),
	}
}

// share is the part of a way that can be gone.
func share(way, most float64) float64 {
	if way <= most {
		return 1
	}
	return most / way
}

func toward(from, to, most float64) float64 {
	return from + max(-most, min(most, to-from))
}
