package motion

import (
	"context"
	"math"
	"time"

	"aimbench/robot"
)

// The manners of a robot that is alive, from the maker's own conversation app.
const (
	idleAfter    = 300 * time.Millisecond // a gesture's end is held so long
	easeDuration = time.Second
	blend        = 400 * time.Millisecond

	breathRise  = 0.005 // m
	breathRate  = 0.1   // Hz
	swayRate    = 0.5   // Hz
	swayDegrees = 15
)

// course is a way from one pose through a gesture's moves, which is held at its end.
type course struct {
	from    robot.Pose
	gesture robot.Gesture
	start   time.Time
	eased   bool // it has the robot at rest, where it can breathe without a wait
}

func (c course) at(now time.Time) robot.Pose { return c.gesture.At(c.from, now.Sub(c.start)) }
func (c course) end() time.Time              { return c.start.Add(c.gesture.Duration()) }
func (c course) goal() robot.Pose            { return c.gesture.End(c.from) }

// hold is the course that stays at a pose.
func hold(at robot.Pose, now time.Time) course { return course{from: at, start: now} }

// toRest is the course to the pose of rest in a duration, or longer where the limits want it.
func (l *Loop) toRest(from robot.Pose, now time.Time, d time.Duration) course {
	g := robot.Gesture{Moves: []robot.Keyframe{{Pose: robot.Init, Axes: robot.AllAxes, Duration: d}}}
	return course{from: from, gesture: l.limits.Fit(g, from), start: now}
}

// breath is the pose of a robot that has breathed for a while: it rises and sinks, and its antennas sway apart and
// together.
func breath(since time.Duration) robot.Pose {
	p, s := robot.Init, since.Seconds()
	p.Head.Z += breathRise * math.Sin(2*math.Pi*breathRate*s)
	sway := swayDegrees * math.Pi / 180 * math.Sin(2*math.Pi*swayRate*s)
	p.Antennas[0] += sway
	p.Antennas[1] -= sway
	return p
}

// base is where the robot is to be without its wobble.
func (l *Loop) base(now time.Time) robot.Pose {
	if !l.breathing.IsZero() {
		return breath(now.Sub(l.breathing))
	}
	return l.course.at(now)
}

// follow sets a new course.
func (l *Loop) follow(c course) { l.course, l.breathing = c, time.Time{} }

// live does what a robot does that nothing is asked of: a while after its last gesture it goes to rest, if it is not
// there, and breathes.
func (l *Loop) live(now time.Time) {
	end := l.course.end()
	waited := !now.Before(end.Add(idleAfter))
	switch {
	case l.listening || l.stopped || !l.breathing.IsZero() || now.Before(end):
	case l.course.eased || waited && l.course.goal() == robot.Init:
		l.breathing = now
	case waited:
		c := l.toRest(l.course.goal(), now, easeDuration)
		c.eased = true
		l.follow(c)
	}
}

// Listen says whether somebody is speaking or typing to the robot: while it listens it keeps still.
func (l *Loop) Listen(on bool) {
	l.do(func(_ context.Context, now time.Time) {
		if on == l.listening {
			return
		}
		l.listening = on
		if l.running != nil || l.mode != active {
			return
		}
		l.stopped = false
		if on {
			l.follow(l.still(now))
		} else {
			l.follow(l.toRest(l.base(now), now, blend))
		}
	})
}

// still is the course to keep still on: a way to rest that has begun is finished.
func (l *Loop) still(now time.Time) course {
	if l.breathing.IsZero() {
		return l.course
	}
	return hold(l.base(now), now)
}
