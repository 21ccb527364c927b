package edge

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"aimbench/engine/chat"
	"aimbench/engine/measure"
	"aimbench/engine/report"
	"aimbench/robot/daemon"
	"aimbench/robot/speech"
)

// row is a line of what is known before a talk.
type row struct {
	name, value, from string
	// state says what was found; empty where there was nothing to find out. wrong: it is not as it should be.
	state string
	wrong bool
}

// preflight is what is found before a talk.
type preflight struct {
	rows []row
	code int // the exit code of a check
	// refused is why the talk must not begin; nil where it may.
	refused error
}

// patience bounds the wait for each of the parts.
const patience = 3 * time.Second

// look asks endpoint and robot whether they are there, both at once.
func (c *Chat) look(ctx context.Context, viewer, metrics row) *preflight {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	p := &preflight{code: measure.ExitPass}
	var endpoint, robot, voice row
	var endpointUp, robotUp bool
	var refused error
	var both sync.WaitGroup
	both.Go(func() { endpoint, endpointUp = c.lookEndpoint(ctx) })
	both.Go(func() { robot, voice, robotUp, refused = c.lookRobot(ctx) })
	both.Wait()
	c.metrics.SetReady(endpointUp)
	if !endpointUp || !robotUp {
		p.code = measure.ExitUnknown
	}
	p.refused = refused
	slo := row{name: "SLO", value: "end to end within " + brief(c.limit()), from: c.settings.SLO.From}
	p.rows = []row{endpoint, robot}
	for _, r := range []row{voice, viewer, metrics} {
		if r.name != "" {
			p.rows = append(p.rows, r)
		}
	}
	p.rows = append(p.rows, slo)
	return p
}

func (c *Chat) lookEndpoint(ctx context.Context) (row, bool) {
	e := c.conversation.Endpoint
	r := row{name: "endpoint", value: e.BaseURL, from: c.settings.BaseURL.From}
	if e.Simulator != nil {
		r.value = "embedded"
	}
	begun := time.Now()
	err := c.client.Ready(ctx)
	if model := c.client.Model(); model != "" {
		r.value += "  " + model
	}
	var failure *chat.Error
	switch {
	case err == nil:
		r.state = (report.Style{Unicode: true}).Duration(time.Since(begun).Seconds())
		return r, true
	case ctx.Err() != nil:
		r.state = "no answer within " + brief(patience)
	case errors.As(err, &failure):
		r.state = failure.Got()
	default:
		r.state = err.Error()
	}
	r.wrong = true
	return r, false
}

func (c *Chat) lookRobot(ctx context.Context) (r, voice row, up bool, refused error) {
	r = row{name: "robot", from: c.settings.RobotURL.From}
	if c.body == nil {
		r.value, r.from = "none", ""
		if !c.settings.Robot {
			r.from = FromFlag
		}
		return r, row{}, true, nil
	}
	m := c.body.machine
	if m.Simulator != nil {
		r.value = "simulator"
	} else {
		r.value = m.Client.URL()
	}
	if err := m.Client.Ready(ctx); err != nil {
		r.state, r.wrong = reason(err), true
		return r, row{}, false, nil
	}
	if c.settings.Hardware && m.Simulator == nil {
		status, err := m.Client.Status(ctx)
		if err != nil {
			r.state, r.wrong = reason(err), true
			return r, row{}, false, nil
		}
		if status.Simulated() {
			r.state, r.wrong = "simulates its robot", true
			return r, row{}, false, fmt.Errorf("the daemon at %s simulates its robot, and ROBOT_MODE is hardware: start the daemon on the robot, or set ROBOT_MODE=sim", r.value)
		}
	}
	c.body.askSound()
	return r, c.lookVoice(ctx), true, nil
}

// reason is why a robot is not there, without what was being done.
func reason(err error) string {
	var failure *daemon.Error
	if errors.As(err, &failure) {
		return failure.Message
	}
	return err.Error()
}

// lookVoice says who speaks.
func (c *Chat) lookVoice(ctx context.Context) row {
	v := row{name: "voice", value: "none"}
	robot := c.conversation.Robot
	switch {
	case !c.conversation.Speak:
		v.state = "the scenario's conversation does not speak"
	case c.body.silent.Load():
		v.state = "the robot has no sound"
	case c.body.machine.Speaker().Silent():
		v.state = "no program that speaks is installed: espeak-ng is one"
	default:
		o := speech.Options{Voice: robot.Speech.Voice, Speed: robot.Speech.Speed}
		if robot.Speech.Program != "auto" {
			o.Program = robot.Speech.Program
		}
		if found, err := speech.Find(ctx, o); err == nil {
			v.value = found.Name()
		}
		if c.body.muted.Load() {
			v.state = "muted"
		}
	}
	return v
}

// banner shows what was found, as lines.
func (p *preflight) banner(style report.Style, sources bool) string {
	width := 0
	for _, r := range p.rows {
		width = max(width, len(r.value))
	}
	width = min(width, 48)
	var b strings.Builder
	for _, r := range p.rows {
		line := fmt.Sprintf("  %-10s %-*s", r.name, width, report.Escape(r.value))
		if sources {
			line += fmt.Sprintf("  %-12s", r.from)
		}
		state := report.Escape(r.state)
		if !sources && style.Width > 0 && utf8.RuneCountInString(line)+utf8.RuneCountInString(state)+4 > style.Width {
			line = strings.TrimRight(line, " ") + "\n           " // it has no room beside it
		}
		switch {
		case r.wrong:
			line += "  " + style.Wrong(mark(style, false)+" "+state)
		case state != "" && (r.name == "endpoint"):
			line += "  " + style.Right(mark(style, true)) + " " + state
		case state != "":
			line += "  " + style.Faint(state)
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

func mark(style report.Style, good bool) string {
	switch {
	case good && style.Unicode:
		return "✓"
	case good:
		return "+"
	case style.Unicode:
		return "✗"
	}
	return "x"
}

// brief writes a time as a person would.
func brief(d time.Duration) string {
	s := (report.Style{Unicode: true}).Duration(d.Seconds())
	number, unit, _ := strings.Cut(s, " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " " + unit
}

// viewerAddress is where the embedded robot is to be seen: a free port where the usual one is taken.
func viewerAddress(ctx context.Context, s Setting[string]) string {
	if s.Value == "" || s.From != FromDefault {
		return s.Value
	}
	var config net.ListenConfig
	l, err := config.Listen(ctx, "tcp", s.Value)
	if err != nil {
		return "127.0.0.1:0"
	}
	_ = l.Close() // it was only to see whether it is free
	return s.Value
}
