package motion

// Activity is what the robot is doing, as far as the loop knows.
type Activity string

// The activities.
const (
	Starting  Activity = "starting"  // not heard of yet
	Idle      Activity = "idle"      // breathes
	Listening Activity = "listening" // keeps still
	Speaking  Activity = "speaking"  // wobbles
	Moving    Activity = "moving"    // performs a gesture
	Stopped   Activity = "stopped"   // keeps still until something is asked of it
	Asleep    Activity = "asleep"    // lies down, or its motors are off: waking comes first
	Yielded   Activity = "yielded"   // somebody else moves it
	Lost      Activity = "lost"      // does not answer
)

// State is what the robot is doing.
type State struct {
	Activity Activity
	// Gesture is the name of the gesture that is performed, and Queued how many wait.
	Gesture string
	Queued  int
	// Detail says why, where the robot does not do what it is told.
	Detail string
}
