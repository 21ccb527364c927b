// Command aimbench runs scenario files against OpenAI-compatible endpoints and judges what it measured.
package main

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"aimbench/cmd/internal/help"
	"aimbench/engine/edge"
	"aimbench/engine/measure"
)

func main() { os.Exit(command(os.Args[1:])) }

// command runs the program and returns its exit code.
func command(args []string) int {
	log.SetOutput(io.Discard) // net/http logs what servers sent, which may be anything
	root := newRoot()
	root.SetArgs(args)
	help.Shells(root, args)
	unwritten := help.Watch(root)
	err := root.Execute()
	if err == nil {
		err = unwritten()
	}
	var code exitError
	var talked edge.ExitCode
	switch {
	case err == nil:
		return measure.ExitPass
	case errors.As(err, &code):
		return int(code)
	case errors.As(err, &talked):
		return int(talked)
	}
	complain(err)
	return measure.ExitUsage
}

// complain says an error, and each of those that were joined for itself.
func complain(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok { //nolint:errorlint // errors.Join wraps nothing around it
		for _, one := range joined.Unwrap() {
			complain(one)
		}
		return
	}
	fmt.Fprintln(os.Stderr, "Error: "+err.Error())
}

// exitError is an exit code whose reason was already shown.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit code %d", int(e)) }
