// Package help tells when help could not be given, which cobra keeps to itself.
package help

import (
	"errors"
	"io"

	"github.com/spf13/cobra"
)

// Watch watches the pages of help of a command and of those below it. What it returns gives the first error of writing one.
func Watch(root *cobra.Command) func() error {
	var first error
	var watch func(*cobra.Command)
	watch = func(c *cobra.Command) {
		for _, below := range c.Commands() { // first, for it shows itself as what is above it does
			watch(below)
		}
		show := c.HelpFunc()
		c.SetHelpFunc(func(c *cobra.Command, args []string) {
			out := &keeper{Writer: c.OutOrStdout()}
			c.SetOut(out)
			show(c, args)
			c.SetOut(out.Writer)
			if first == nil {
				first = out.err
			}
		})
	}
	watch(root)
	return func() error { return first }
}

// Shells makes the command completion, where a program that is called with args has it, an error without a shell that it
// knows: its page of help would be taken for a script.
func Shells(root *cobra.Command, args []string) {
	root.InitDefaultCompletionCmd(args...)
	c, _, err := root.Find([]string{"completion"})
	if err != nil || c == root {
		return
	}
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, _ []string) error {
		return errors.New("name a shell: " + c.CommandPath() + " bash, zsh, fish or powershell")
	}
}

// keeper keeps an error to itself, and writes nothing after it.
type keeper struct {
	io.Writer
	err error
}

func (k *keeper) Write(p []byte) (int, error) {
	if k.err == nil {
		_, k.err = k.Writer.Write(p)
	}
	return len(p), nil
}
