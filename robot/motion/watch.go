package motion

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"aimbench/robot"
)

// What a robot may do before the loop thinks otherwise of it.
const (
	contact  = 5 * time.Second        // until it is first heard of
	silence  = time.Second            // without saying where it is
	patience = time.Second            // ignoring targets: a move of its own may have just ended, which is asked twice a second
	lag      = 600 * time.Millisecond // behind its targets
	escape   = 300 * time.Millisecond // elsewhere than it was told, and moving
	calm     = time.Second            // standing still, after somebody else has moved it
	retry    = 500 * time.Millisecond // after it was lost
)

// strayed is how far from every pose of its targets a robot is elsewhere, and wandered how far it goes to be moving.
var (
	strayed  = robot.Distance{Angle: 0.15, Way: 0.02, Antenna: 0.4, BodyYaw: 0.2}
	wandered = robot.Distance{Angle: 0.05, Way: 0.005, Antenna: 0.1, BodyYaw: 0.05}
)

// sent is a target that the body took.
type sent struct {
	at              time.Time
	command, offset robot.Pose
}

// watch compares where the robot is to where it was told to be.
type watch struct {
	pose robot.Pose // as last measured
	at   time.Time

	sent    []sent    // of the last while, the oldest first
	ignores time.Time // since when the body takes no targets; zero where it does
	lates   time.Time // since when it takes too long over them

	astray   time.Time // since when it is elsewhere; zero where it is not
	astrayAt robot.Pose
	stood    time.Time // since when it stands
	stoodAt  robot.Pose
}

// see takes in a measurement.
func (w *watch) see(pose robot.Pose, at time.Time) {
	if at.After(w.at) && pose.Finite() {
		w.pose, w.at = pose, at
		if !pose.Distance(w.stoodAt).Within(moved) {
			w.stood, w.stoodAt = at, pose
		}
	}
}

// forget begins anew with a robot that was moved by others.
func (w *watch) forget() {
	w.sent, w.ignores, w.lates, w.astray = nil, time.Time{}, time.Time{}, time.Time{}
}

// accepted notes a target that the body took.
func (w *watch) accepted(now time.Time, command, offset robot.Pose) {
	w.ignores, w.lates = time.Time{}, time.Time{}
	for len(w.sent) > 0 && now.Sub(w.sent[0].at) > lag {
		w.sent = w.sent[1:]
	}
	w.sent = append(w.sent, sent{now, command, offset})
}

// ignore notes a target that the body did not take, and says for how long it has taken none.
func (w *watch) ignore(now time.Time) time.Duration {
	w.lates = time.Time{}
	if w.ignores.IsZero() {
		w.ignores = now
	}
	return now.Sub(w.ignores)
}

// late notes a target that was not taken in time, and says for how long none was.
func (w *watch) late(now time.Time) time.Duration {
	if w.lates.IsZero() {
		w.lates = now
	}
	return now.Sub(w.lates)
}

// taking says that the body took the last target.
func (w *watch) taking() bool { return w.ignores.IsZero() && w.lates.IsZero() && len(w.sent) > 0 }

// near says that the robot was measured within a distance of a pose, or of it with a wobble of late: a robot that speaks
// does both, and is behind its targets.
func (w *watch) near(goal robot.Pose, within robot.Distance) bool {
	if w.pose.Distance(goal).Within(within) {
		return true
	}
	for _, s := range w.sent {
		if w.at.Sub(s.at) < 200*time.Millisecond && w.pose.Distance(goal.Plus(s.offset)).Within(within) {
			return true
		}
	}
	return false
}

// ranAway says that a part of the robot has moved, for a while, where no target was. One that only stays behind has not:
// it cannot or will not follow.
func (w *watch) ranAway(now time.Time) bool {
	nearest := robot.Distance{Angle: math.Inf(1), Way: math.Inf(1), Antenna: math.Inf(1), BodyYaw: math.Inf(1)}
	for _, s := range w.sent {
		d := w.pose.Distance(s.command)
		nearest = robot.Distance{
			Angle: min(nearest.Angle, d.Angle), Way: min(nearest.Way, d.Way),
			Antenna: min(nearest.Antenna, d.Antenna), BodyYaw: min(nearest.BodyYaw, d.BodyYaw),
		}
	}
	if nearest.Within(strayed) {
		w.astray = time.Time{}
		return false
	}
	if w.astray.IsZero() {
		w.astray, w.astrayAt = now, w.pose
	}
	went := w.pose.Distance(w.astrayAt)
	return now.Sub(w.astray) > escape &&
		(nearest.Angle > strayed.Angle && went.Angle > wandered.Angle || nearest.Way > strayed.Way && went.Way > wandered.Way ||
			nearest.Antenna > strayed.Antenna && went.Antenna > wandered.Antenna || nearest.BodyYaw > strayed.BodyYaw && went.BodyYaw > wandered.BodyYaw)
}

// seek waits for a robot that is not there, or that somebody else moves.
func (l *Loop) seek(ctx context.Context, now time.Time) {
	silent := now.Sub(l.watch.at)
	heard := silent < silence && l.watch.at.After(l.since)
	switch l.mode {
	case starting:
		if heard {
			l.assess(ctx, now)
		} else if now.Sub(l.since) > contact {
			l.lose(now, errors.New("the robot has not said where it is"))
		}
	case lost:
		if heard && now.Sub(l.since) > retry {
			l.assess(ctx, now)
		}
	case yielded:
		switch {
		case silent > silence:
			l.lose(now, quiet(silent))
		case heard && now.Sub(l.watch.stood) > calm && now.Sub(l.since) > calm:
			l.probe(ctx, now)
		}
	}
}

// probe asks a robot that stands still to stay where it is, and so finds out whether it listens again.
func (l *Loop) probe(ctx context.Context, now time.Time) {
	_, err := l.command(ctx, now, l.watch.pose)
	switch {
	case err == nil:
		l.assess(ctx, now)
	case errors.Is(err, ErrIgnored), errors.Is(err, errLate):
		l.since = now
	default:
		l.lose(now, err)
	}
}

func quiet(d time.Duration) error {
	return fmt.Errorf("the robot has not said where it is for %.1f s", d.Seconds())
}

// lose ends everything with a body that does not answer.
func (l *Loop) lose(now time.Time, err error) {
	detail := "the robot is lost: " + err.Error()
	l.settleAll(now, StatusFailed, detail)
	l.wobble = wobble{}
	l.enter(lost, now, detail)
}

// yield leaves the robot to somebody else.
func (l *Loop) yield(now time.Time, how string) {
	detail := "somebody else moves the robot: " + how
	l.settleAll(now, StatusRefused, detail)
	l.wobble = wobble{}
	l.enter(yielded, now, detail)
}

func most(a, b robot.Distance) robot.Distance {
	return robot.Distance{
		Angle: max(a.Angle, b.Angle), Way: max(a.Way, b.Way), Antenna: max(a.Antenna, b.Antenna), BodyYaw: max(a.BodyYaw, b.BodyYaw),
	}
}

// glimpse is for how long at most a robot may go unseen in a gesture of which it is said that it did not move.
const glimpse = 150 * time.Millisecond

// unmoved says that the robot hardly moved a part that was asked to move: a gesture that ends where it began would
// otherwise be done by a robot that does nothing.
func (t *task) unmoved() string {
	if t.unseen > glimpse {
		return ""
	}
	for _, p := range []struct {
		part               string
		asked, seen, least float64
	}{
		{"head", t.asked.Angle, t.seen.Angle, tolerance.Angle},
		{"head up, down or aside", t.asked.Way, t.seen.Way, tolerance.Way},
		{"antennas", t.asked.Antenna, t.seen.Antenna, tolerance.Antenna},
		{"body", t.asked.BodyYaw, t.seen.BodyYaw, tolerance.BodyYaw},
	} {
		if p.asked > 2*p.least && p.seen < p.asked/3 {
			return "the robot did not move its " + p.part
		}
	}
	return ""
}

// away says how far from a gesture's end the robot is.
func away(d, within robot.Distance) string {
	var off []string
	turned := func(part string, angle, bound float64) {
		if angle > bound {
			off = append(off, fmt.Sprintf("its %s is %.2f rad (%.0f°)", part, angle, angle*180/math.Pi))
		}
	}
	turned("head", d.Angle, within.Angle)
	if d.Way > within.Way {
		off = append(off, fmt.Sprintf("its head is %.0f mm", d.Way*1000))
	}
	turned("antenna", d.Antenna, within.Antenna)
	turned("body", d.BodyYaw, within.BodyYaw)
	if len(off) == 0 {
		return "the robot did not say in time that it is where the gesture ends"
	}
	return strings.Join(off, ", ") + " from where the gesture ends"
}
