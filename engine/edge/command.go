package edge

import (
	"fmt"
	"slices"
	"strings"
)

// command is something that the person can have done besides saying something.
type command struct {
	name, args, about string
	// talks: it uses the session, and so ends the reply under way first. The others are done at once.
	talks bool
	do    func(c *Chat, args string)
	// offers are what can be completed after the name; nil is nothing.
	offers func(c *Chat) []string
}

// commands are all there are, in the order in which help shows them.
func commands() []command {
	return []command{
		{name: "help", about: "what can be said here", do: (*Chat).help},
		{name: "gesture", args: "NAME", about: "perform a gesture; without a name, list them", do: (*Chat).gesture, offers: (*Chat).gestureNames},
		{name: "state", about: "what the robot is doing, and where it is", do: (*Chat).state},
		{name: "wake", about: "get the robot up", do: (*Chat).wake},
		{name: "sleep", about: "let the robot lie down", do: (*Chat).sleep},
		{name: "stop", about: "stop the reply, motion and sound, as Ctrl-C does", do: (*Chat).stopAll},
		{name: "calibrate", about: "wake the robot, take it to its pose of rest, and say how near it came", do: (*Chat).calibrate},
		{name: "mute", args: "[on|off]", about: "speak no more, or again", do: (*Chat).mute, offers: onOff},
		{name: "volume", args: "[0-100]", about: "say or set how loud the robot is", do: (*Chat).volume},
		{name: "slo", args: "[TIME]", about: "say or set how long a turn may take end to end, such as 2.5s", do: (*Chat).setSLO},
		{name: "model", args: "[NAME]", about: "say or choose the model", do: (*Chat).setModel},
		{name: "reset", about: "forget the talk, and take the robot to its pose of rest", talks: true, do: (*Chat).reset},
		{name: "system", args: "[TEXT]", about: "say or set the system prompt", talks: true, do: (*Chat).system},
		{name: "history", about: "what the model is told of the talk", talks: true, do: (*Chat).history},
		{name: "retry", about: "take the last turn back, and say it again", talks: true, do: (*Chat).retry},
		{name: "image", args: "FILE [TEXT]", about: "show an image, with TEXT or with what is said next", talks: true, do: (*Chat).image},
		{name: "save", args: "[--force] FILE", about: "write the talk as a scenario, below this directory", talks: true, do: (*Chat).save},
		{name: "quit", about: "leave, as Ctrl-D does"},
	}
}

// quits are the names under which a person leaves.
var quits = []string{"quit", "exit", "q"}

// parse takes a line apart where it is a command: /NAME ARGS, or cmd:NAME ARGS as earlier edge programs had it.
func parse(line string) (name, args string, is bool) {
	line = strings.TrimSpace(line)
	rest, is := strings.CutPrefix(line, "/")
	if !is {
		if rest, is = strings.CutPrefix(line, "cmd:"); !is {
			return "", "", false
		}
	}
	name, args, _ = strings.Cut(rest, " ")
	return strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(args), true
}

// leaves says whether the line is the wish to leave.
func leaves(line string) bool {
	name, _, is := parse(line)
	return is && slices.Contains(quits, name)
}

// talks says whether the line is for the session: something to say, or a command about the talk.
func talks(line string) bool {
	name, _, is := parse(line)
	if !is {
		return true
	}
	i := slices.IndexFunc(commands(), func(k command) bool { return k.name == name })
	return i >= 0 && commands()[i].talks
}

// Do does what a line says: a command, or something to be said. It returns when that is done, and the reply has ended.
func (c *Chat) do(line string) {
	name, args, is := parse(line)
	if !is {
		if strings.TrimSpace(line) != "" {
			c.session.Lock()
			defer c.session.Unlock()
			c.take(c.words(line))
		}
		return
	}
	all := commands()
	i := slices.IndexFunc(all, func(k command) bool { return k.name == name })
	switch {
	case i < 0:
		c.view.Answer(fmt.Sprintf("There is no /%s.%s /help lists what there is.", name, closest(name, all)))
	case all[i].do == nil: // leaving is up to who reads the lines
	case all[i].talks:
		c.session.Lock()
		defer c.session.Unlock()
		all[i].do(c, args)
	default:
		all[i].do(c, args)
	}
}

// closest is a hint at the command that was probably meant.
func closest(name string, all []command) string {
	for _, k := range all {
		if name != "" && (strings.HasPrefix(k.name, name) || strings.HasPrefix(name, k.name)) {
			return " Did you mean /" + k.name + "?"
		}
	}
	return ""
}

func onOff(*Chat) []string { return []string{"on", "off"} }

func (c *Chat) help(string) {
	var b strings.Builder
	for _, k := range commands() {
		fmt.Fprintf(&b, "%-22s %s\n", strings.TrimSpace("/"+k.name+" "+k.args), k.about)
	}
	b.WriteString("\nAnything else is said to the robot. Enter sends, Alt-Enter begins a new line, Tab completes, ↑ and ↓ go through what was said, Ctrl-R finds in it. Ctrl-C stops reply, motion and sound, and leaves the second time; Ctrl-D leaves.")
	c.view.Answer(b.String())
}

// complete offers how a line may go on: whole lines, and none where there is nothing to offer.
func (c *Chat) complete(line string) []string {
	prefix := "/"
	rest, is := strings.CutPrefix(line, "/")
	if !is {
		if rest, is = strings.CutPrefix(line, "cmd:"); !is {
			return nil
		}
		prefix = "cmd:"
	}
	name, args, spaced := strings.Cut(rest, " ")
	var out []string
	for _, k := range commands() {
		switch {
		case !spaced && strings.HasPrefix(k.name, name):
			end := ""
			if k.args != "" {
				end = " "
			}
			out = append(out, prefix+k.name+end)
		case spaced && k.name == name && k.offers != nil:
			for _, offer := range k.offers(c) {
				if strings.HasPrefix(offer, args) {
					out = append(out, prefix+name+" "+offer)
				}
			}
		}
	}
	return out
}
