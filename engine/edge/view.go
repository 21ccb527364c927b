package edge

import (
	"aimbench/engine/event"
	"aimbench/engine/report"
)

// View shows a talk. Its methods are called one at a time, in the order in which things happen, and do not block for long.
type View interface {
	// Said shows what the person said; what follows is about that, until Reply ends it.
	Said(text string)
	// Delta shows a piece of the reply.
	Delta(kind report.Kind, text string)
	// Called shows a function that the model called.
	Called(event.ToolCall)
	// Reply shows that the reply has ended, and how. What the turn says of the robot may not be read yet.
	Reply(*event.Turn)
	// Settled shows that the robot has done its part in a turn too.
	Settled(*event.Turn)
	// Answer shows what a command has to say, in lines.
	Answer(text string)
	// Note shows in a line what the person should know.
	Note(text string)
}
