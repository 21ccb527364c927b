// Command bench measures aimbench side by side with what it is held to: a bare reader of streams, a client that only
// stamps, and vegeta. Each runs in a process of its own, as does the server, and each figure is the median of pairs that
// take turns. It exits with 1 where a bound is missed.
//
//	go run ./engine/bench [-only NAME] [-rounds N] [-out FILE] bin/aimbench
//
// The server and the comparators are subcommands: serve, bare and stamps.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

func command(ctx context.Context, args []string) error {
	if len(args) > 0 {
		switch args[0] {
		case "serve":
			return serve(ctx, os.Stdout)
		case "bare":
			return client(args, bare)
		case "stamps":
			return client(args, stamps)
		}
	}
	return measure(ctx, args)
}

// client runs a comparator, and prints what it saw.
func client(args []string, run func(url string, streams int) (seen, error)) error {
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	url := flags.String("url", "", "where to ask")
	streams := flags.Int("streams", 1, "how many at once")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	s, err := run(*url, *streams)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(s)
}

func measure(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	only := flags.String("only", "", "measure only what matches this regular expression")
	rounds := flags.Int("rounds", 0, "pairs of each measurement; 0 means its own number")
	out := flags.String("out", "", "write the figures into this file, between its marks")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return fmt.Errorf("want the path of the aimbench to measure, got %d arguments", flags.NArg())
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-only: %w", err)
	}
	b := &bench{aimbench: flags.Arg(0), rounds: *rounds, log: os.Stderr}
	if err := b.open(ctx); err != nil {
		return err
	}
	defer b.close()
	rows, err := b.all(ctx, match)
	if err != nil {
		return err
	}
	writeTable(os.Stdout, rows)
	if *out != "" {
		if err := document(*out, rows, thisMachine()); err != nil {
			return err
		}
	}
	return missed(rows)
}
