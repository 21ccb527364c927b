package edge

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aimbench/engine/measure"
)

// ExitCode is the exit code of a talk that has said all there is to say.
type ExitCode int

// Error makes it an error that a command can return.
func (e ExitCode) Error() string { return fmt.Sprintf("exit code %d", int(e)) }

// given are the flags as they are parsed.
type given struct {
	Options
	vars, varFiles, allowEnv    []string
	metrics, viewer, once       string
	timeout, slo                time.Duration
	retries, maxTokens, history int
}

// NewCommand makes the command that holds a talk, under the name that it has in its program.
func NewCommand(use, version string) *cobra.Command {
	var g given
	c := &cobra.Command{
		Use:   use + " [FILE|DIRECTORY...]",
		Short: "Talk with the robot",
		Long: `Talk with a Reachy Mini that moves and speaks while it answers. With a scenario, its first conversation says how;
without one, a built-in one does. Where nothing else is said, endpoint and robot are embedded.

What is typed goes to the robot; lines that begin with / are commands, and /help lists them. Where the input is no
terminal, each of its lines is said, and the replies alone go to standard output.

The environment says with whom the talk is: AIM_BASE_URL, AIM_CHAT_PATH, AIM_MODEL, AIM_API_KEY, AIM_TIMEOUT_MS,
AIM_MAX_RETRIES, AIM_MAX_TOKENS, REACHY_DAEMON_URL, ROBOT_MODE (sim or hardware), E2E_SLO_MS, EDGE_METRICS_HOST,
EDGE_METRICS_PORT, EDGE_VIEWER_ADDR and EDGE_HISTORY_TOKENS. A flag goes over the scenario, and that over the
environment; --check says which won.`,
		Example: strings.ReplaceAll(`  edge                                      talk with a simulated robot, in a browser at 127.0.0.1:8222
  edge --check                              look whether endpoint and robot are there
  edge scenarios/edge.hcl
  echo "Hello!" | edge --no-robot
  edge --once "Are you there?" --format json`, "  edge", "  "+use),
		SilenceErrors: true, SilenceUsage: true, DisableAutoGenTag: true,
		RunE: func(c *cobra.Command, args []string) error {
			if err := g.take(c, args); err != nil {
				return err
			}
			g.Version = version
			code, err := Run(c.Context(), g.Options)
			if err != nil {
				fmt.Fprintln(c.ErrOrStderr(), "Error: "+err.Error())
			}
			if code != measure.ExitPass {
				return ExitCode(code)
			}
			return nil
		},
	}
	g.flags(c)
	return c
}

func (g *given) flags(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&g.BaseURL, "base-url", "", "`URL` of the endpoint")
	f.StringVar(&g.Model, "model", "", "`NAME` of the model")
	f.StringVar(&g.APIKeyFile, "api-key-file", "", "read AIM_API_KEY from a `FILE`")
	f.DurationVar(&g.timeout, "timeout", 0, "longest time for a reply, such as 30s")
	f.IntVar(&g.retries, "retries", 0, "further attempts where a reply did not begin")
	f.IntVar(&g.maxTokens, "max-tokens", 0, "most tokens of a reply")
	f.IntVar(&g.history, "history-tokens", 0, "most tokens of the history; the oldest turns go")
	f.DurationVar(&g.slo, "slo", 0, "limit of `TIME` for a turn end to end, such as 2.5s")
	f.StringVar(&g.RobotURL, "robot-url", "", "`URL` of the robot's daemon")
	f.BoolVar(&g.NoRobot, "no-robot", false, "talk without a robot")
	f.BoolVar(&g.Mute, "mute", false, "begin with the robot muted")
	f.BoolVar(&g.Simulate, "simulate", false, "put the embedded endpoint and robot in the place of real ones")
	f.StringVar(&g.viewer, "viewer", "", "show the embedded robot to browsers at `HOST:PORT`; empty is nowhere")
	f.StringVar(&g.metrics, "metrics-addr", "", "serve metrics at `HOST:PORT`; empty is nowhere")
	f.StringVar(&g.Conversation, "conversation", "", "hold the conversation of that `NAME` of the scenario")
	f.StringVar(&g.once, "once", "", "say one `PROMPT`, and leave when all that came of it is over")
	f.StringVar(&g.Format, "format", "text", "text, or json: one object a line")
	f.BoolVar(&g.NoHistory, "no-history", false, "do not keep what is typed for later talks")
	f.BoolVar(&g.Check, "check", false, "only look whether all is there, and say where each setting is from")
	f.StringArrayVar(&g.vars, "var", nil, "set a variable of the scenario: `NAME=VALUE` (repeatable)")
	f.StringArrayVar(&g.varFiles, "var-file", nil, "read variables from a `FILE` (repeatable)")
	f.StringArrayVar(&g.allowEnv, "allow-env", nil, "let env() read the variable `NAME` (repeatable)")
	if f.Lookup("verbose") == nil {
		f.BoolVarP(&g.Verbose, "verbose", "v", false, "say on standard error what is being done")
	}
}

// take makes options of the flags.
func (g *given) take(c *cobra.Command, args []string) error {
	f := c.Flags()
	set(f.Changed("timeout"), &g.timeout, &g.Timeout)
	set(f.Changed("slo"), &g.slo, &g.SLO)
	set(f.Changed("retries"), &g.retries, &g.Retries)
	set(f.Changed("max-tokens"), &g.maxTokens, &g.MaxTokens)
	set(f.Changed("history-tokens"), &g.history, &g.HistoryMax)
	set(f.Changed("metrics-addr"), &g.metrics, &g.Metrics)
	set(f.Changed("viewer"), &g.viewer, &g.Viewer)
	set(f.Changed("once"), &g.once, &g.Once)
	if g.Format != "text" && g.Format != "json" {
		return fmt.Errorf("--format %s: there are text and json", g.Format)
	}
	for _, b := range []struct {
		name string
		fine bool
	}{
		{"timeout", g.timeout >= 0 && (g.Timeout == nil || g.timeout > 0)}, {"slo", g.SLO == nil || g.slo > 0},
		{"retries", g.retries >= 0 && g.retries <= 10}, {"max-tokens", g.MaxTokens == nil || g.maxTokens > 0},
		{"history-tokens", g.HistoryMax == nil || g.history > 0},
	} {
		if !b.fine {
			return fmt.Errorf("--%s %s: out of range", b.name, f.Lookup(b.name).Value)
		}
	}
	vars := map[string]string{}
	for _, v := range g.vars {
		name, value, ok := strings.Cut(v, "=")
		if !ok {
			return fmt.Errorf("--var %s: write NAME=VALUE", name)
		}
		vars[name] = value
	}
	g.Scenario.Vars, g.Scenario.VarFiles, g.Scenario.AllowEnv, g.Scenario.APIKeyFile = vars, g.varFiles, g.allowEnv, g.APIKeyFile
	g.Paths, g.In, g.Out, g.Err, g.Getenv = args, c.InOrStdin(), c.OutOrStdout(), c.ErrOrStderr(), os.LookupEnv
	if on, err := f.GetBool("verbose"); err == nil {
		g.Verbose = on
	}
	return nil
}

func set[T any](changed bool, from *T, to **T) {
	if changed {
		*to = from
	}
}
