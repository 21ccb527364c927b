package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aimbench/engine/listen"
	"aimbench/robot/simulator"
)

// embodying are the flags of robot.
type embodying struct {
	addr, name   string
	media, awake bool
	seed         int64
	faults       []string
}

func newRobot() *cobra.Command {
	var e embodying
	c := &cobra.Command{
		Use:   "robot",
		Short: "Serve the simulated robot, as a mock of a Reachy Mini",
		Long: `Serve the simulated robot: the HTTP and WebSocket API of a Reachy Mini's daemon, over a body that takes its
time as a real one does, and a page that shows it. docs/robot.md says in what it differs, and how it breaks.`,
		Example: `  aimbench robot --addr 127.0.0.1:8001
  aimbench robot --media --fault refused=0.1 --fault late=0.05,delay=2s --fault lost,from=10s,for=5s
  curl -s -X POST http://127.0.0.1:8001/api/move/play/wake_up`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := e.config()
			if err != nil {
				return err
			}
			ctx, stop := interruptible(c.Context(), func(s string) { c.PrintErrln(s) })
			defer stop()
			robot := simulator.New(config)
			defer robot.Close()
			listening, err := listen.Start(context.WithoutCancel(ctx), e.addr, robot)
			if err != nil {
				return err
			}
			fmt.Fprintln(c.OutOrStdout(), "Serving "+listening.URL()+"  (open it in a browser to see the robot; Ctrl-C ends)")
			<-ctx.Done()
			return listening.Close()
		},
	}
	f := c.Flags()
	f.StringVar(&e.addr, "addr", "127.0.0.1:8001", "listen on `HOST:PORT`")
	f.StringVar(&e.name, "name", simulator.DefaultName, "name of the robot")
	f.BoolVar(&e.media, "media", false, "take sounds, as a robot with a speaker does; nothing is heard")
	f.BoolVar(&e.awake, "awake", false, "stand upright to begin with, rather than sleep")
	f.Int64Var(&e.seed, "seed", 0, "draw the faults from this seed")
	f.StringArrayVar(&e.faults, "fault", nil,
		"break in a way: `KIND[=SHARE][,count=N][,delay=TIME][,from=TIME][,for=TIME]` (repeatable)")
	complete(c, "fault", simulator.KindNames()...)
	return c
}

func (e *embodying) config() (simulator.Config, error) {
	config := simulator.Config{Name: e.name, Media: e.media, Awake: e.awake, Seed: e.seed}
	for _, text := range e.faults {
		f, err := robotFault(text)
		if err != nil {
			return config, fmt.Errorf("--fault %s: %w", text, err)
		}
		config.Faults = append(config.Faults, f)
	}
	return config, nil
}

// robotFault reads KIND[=SHARE][,count=N][,delay=TIME][,from=TIME][,for=TIME].
func robotFault(text string) (simulator.Fault, error) {
	parts := strings.Split(text, ",")
	kind, share, shared := strings.Cut(parts[0], "=")
	f := simulator.Fault{Kind: simulator.Kind(kind), Share: 1}
	if !slices.Contains(simulator.KindNames(), kind) {
		return f, fmt.Errorf("there is no such kind; there are %s", strings.Join(simulator.KindNames(), ", "))
	}
	if shared {
		var err error
		if f.Share, err = strconv.ParseFloat(share, 64); err != nil || !(f.Share > 0 && f.Share <= 1) {
			return f, errors.New("write KIND=SHARE, with a share above 0 and at most 1")
		}
	}
	times := map[string]*time.Duration{"delay": &f.Delay, "from": &f.From, "for": &f.For}
	for _, part := range parts[1:] {
		name, value, _ := strings.Cut(part, "=")
		var err error
		switch {
		case name == "count":
			if f.Count, err = strconv.Atoi(value); err != nil || f.Count < 1 {
				return f, errors.New("count is a number from 1 up")
			}
		case times[name] != nil:
			if *times[name], err = time.ParseDuration(value); err != nil || *times[name] < 0 {
				return f, fmt.Errorf("%s is a time, such as 500ms", name)
			}
		default:
			return f, fmt.Errorf("there is no %q; there are count, delay, from and for", name)
		}
	}
	if f.Kind == simulator.Lost && f.For == 0 {
		return f, errors.New("say how long the robot is lost: lost,from=10s,for=5s")
	}
	return f, nil
}
