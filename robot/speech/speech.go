// Package speech says a reply aloud while it still comes: sentence by sentence, each made into a sound by a program such
// as espeak-ng, and played where the robot is heard.
package speech
