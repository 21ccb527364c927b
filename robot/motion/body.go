// Package motion moves a robot: one loop owns where the robot is to be, fifty times a second, and composes there what the
// robot does (gestures, one at a time), how it lives (breathing, listening) and how it speaks (wobble).
package motion

import (
	"context"
	"errors"
	"time"

	"aimbench/robot"
)

// Body is the robot as the loop needs it. Its methods may be called from several goroutines at once.
type Body interface {
	// SetTarget asks the body to be at a pose from now on. It is called at 50 Hz and returns when the body has taken the
	// pose, at the latest when ctx ends; handing it to a stream is enough, and an error may then be that of an earlier
	// pose.
	// ErrIgnored says that somebody else's move runs; any other error that the body is lost.
	SetTarget(ctx context.Context, pose robot.Pose) error
	// Measured is where the body last said it is, and when that was received; the zero time where it never did. It
	// does not wait.
	Measured() (robot.Pose, time.Time)

	// Motors asks in which mode the motors are.
	Motors(ctx context.Context) (MotorMode, error)

	// Wake, Sleep and Recorded run a move of the body's own to its end, Wake with the motors turned on first. They return
	// an error that wraps ErrRefused where the body did not do it. Ending ctx gives up waiting; it does not end the move.
	Wake(ctx context.Context) error
	Sleep(ctx context.Context) error
	Recorded(ctx context.Context, dataset, move string) error
	// Stop ends every move that the body runs, whoever began it, and any sound.
	Stop(ctx context.Context) error
}

// MotorMode is the mode of the motors, by the daemon's names. In any but MotorsOn, the robot does not go where it is told.
type MotorMode string

// The modes of the motors.
const (
	MotorsOn            MotorMode = "enabled"
	MotorsOff           MotorMode = "disabled"
	GravityCompensation MotorMode = "gravity_compensation"
)

// What a Body says of a request that it did not fulfil.
var (
	// ErrIgnored: the target was not taken, because a move runs.
	ErrIgnored = errors.New("a move runs, and targets are ignored")
	// ErrRefused: the body answered, and did not do the move.
	ErrRefused = errors.New("refused")
)
