// Command edge is a chat with a robot: a Reachy Mini that moves and speaks while it answers.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"

	"aimbench/cmd/internal/help"
	"aimbench/engine/edge"
	"aimbench/engine/measure"
)

// version is set by the linker for releases; other builds take what Go recorded.
var version string

func main() { os.Exit(command(os.Args[1:])) }

// command runs the program and returns its exit code.
func command(args []string) int {
	log.SetOutput(io.Discard) // net/http logs what servers sent, which may be anything
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		version = info.Main.Version
	}
	root := edge.NewCommand("edge", version)
	root.Version = version
	root.SetVersionTemplate("edge {{.Version}}\n")
	root.SetArgs(args)
	help.Shells(root, args)
	unwritten := help.Watch(root)
	err := root.ExecuteContext(context.Background())
	if err == nil {
		err = unwritten()
	}
	var code edge.ExitCode
	switch {
	case err == nil:
		return measure.ExitPass
	case errors.As(err, &code):
		return int(code)
	}
	fmt.Fprintln(os.Stderr, "Error: "+err.Error())
	return measure.ExitUsage
}
