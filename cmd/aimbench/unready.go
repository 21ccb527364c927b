package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"aimbench/engine"
	"aimbench/engine/chat"
	"aimbench/engine/plan"
	"aimbench/robot/daemon"
)

// showUnready says why a run could not begin: what was tried, what came back, where the address is from, what to try.
func showUnready(c *cobra.Command, p *plan.Plan, failure error) {
	var robot *engine.RobotError
	if errors.As(failure, &robot) {
		showUnreadyRobot(c, robot)
		return
	}
	var e *chat.Error
	if !errors.As(failure, &e) || e.URL == "" {
		c.PrintErrln("Error: " + failure.Error())
		return
	}
	c.PrintErrf("Error: endpoint %q is not ready\n\n", e.Endpoint)
	t := tabwriter.NewWriter(c.ErrOrStderr(), 0, 4, 5, ' ', 0)
	fmt.Fprintf(t, "  tried\t%s %s\n", e.Method, e.URL)
	fmt.Fprintf(t, "  got\t%s\n", e.Got())
	for _, endpoint := range append(slices.Clone(p.Endpoints), p.Judges()...) {
		if endpoint.Name == e.Endpoint && endpoint.BaseURLSource != "" {
			fmt.Fprintf(t, "  from\tbase_url = %s   %s, endpoint of line %d\n", endpoint.BaseURLSource, endpoint.Range.Filename, endpoint.Range.Start.Line)
			break
		}
	}
	_ = t.Flush() // to standard error, like all of this
	hint := e.Hint
	if hint != "" {
		hint += " "
	}
	c.PrintErrf("\n  %sOr rehearse with the embedded endpoint: %s --simulate %s\n", hint, c.CommandPath(), strings.Join(c.Flags().Args(), " "))
}

// showUnreadyRobot says the same of a robot.
func showUnreadyRobot(c *cobra.Command, failure *engine.RobotError) {
	r := failure.Robot
	c.PrintErrf("Error: robot %q is not ready\n\n", r.Name)
	t := tabwriter.NewWriter(c.ErrOrStderr(), 0, 4, 5, ' ', 0)
	got, hint := failure.Err.Error(), ""
	var e *daemon.Error
	if errors.As(failure.Err, &e) {
		got, hint = e.Message, e.Hint
		if e.URL != "" {
			fmt.Fprintf(t, "  tried\t%s %s\n", e.Method, e.URL)
		}
	}
	fmt.Fprintf(t, "  got\t%s\n", got)
	if r.DaemonURLSource != "" {
		fmt.Fprintf(t, "  from\turl = %s   %s, robot of line %d\n", r.DaemonURLSource, r.Range.Filename, r.Range.Start.Line)
	}
	_ = t.Flush() // to standard error, like all of this
	if hint != "" {
		hint += " "
	}
	c.PrintErrf("\n  %sOr rehearse with the embedded robot: %s --simulate %s\n", hint, c.CommandPath(), strings.Join(c.Flags().Args(), " "))
}
