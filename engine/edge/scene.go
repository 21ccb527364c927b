package edge

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"aimbench/engine/plan"
	"aimbench/engine/scenario"
)

// builtin is the conversation without a scenario.
//
//go:embed talk.hcl
var builtin string

// builtinName is the file that the built-in conversation is read as.
const builtinName = "edge.hcl"

// scene is what a talk goes by: a plan of one conversation, and the settings that hold in it.
type scene struct {
	plan         *plan.Plan
	conversation *scenario.Conversation
	settings     *Settings
	// replaced: the scenario's own endpoint or robot is not the one of the talk.
	endpointReplaced, robotReplaced bool
}

// newScene reads the scenario, or the built-in one where there are no paths, and puts the settings in their places. The
// diagnostics say what is wrong with the scenario, which comes with them for its sources.
func newScene(paths []string, o scenario.Options, change func(*scenario.Scenario) error, f *Flags, s *Settings) (*scene, *scenario.Scenario, scenario.Diagnostics) {
	var read *scenario.Scenario
	var diags scenario.Diagnostics
	own := len(paths) == 0
	if own {
		read, diags = scenario.ReadText(builtinName, ".", []byte(s.head()+builtin), o)
	} else {
		read, diags = scenario.Read(paths, o)
	}
	if diags.HasErrors() {
		return nil, read, diags
	}
	if change != nil {
		if err := change(read); err != nil {
			return nil, read, append(diags, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: err.Error()})
		}
	}
	c, diag := pickConversation(read, f.Conversation)
	if diag != nil {
		return nil, read, append(diags, diag)
	}
	sc := &scene{settings: s}
	one, talk := *read, *c
	if !own {
		sc.cast(&talk, f)
		sc.limits(&one, &talk, f)
	}
	if !s.Robot {
		dismiss(&talk)
	}
	one.Loads, one.Conversations = nil, []*scenario.Conversation{&talk}
	p, more := plan.Compile(&one, plan.Options{Simulate: f.Simulate})
	if more.HasErrors() {
		return nil, read, append(diags, more...)
	}
	p.Rubrics = nil // nothing that a person is told is judged
	sc.plan, sc.conversation = p, p.Conversations[0]
	return sc, read, diags
}

func pickConversation(s *scenario.Scenario, name string) (*scenario.Conversation, *hcl.Diagnostic) {
	var names []string
	for _, c := range s.Conversations {
		if c.Name == name || name == "" {
			return c, nil
		}
		names = append(names, c.Name)
	}
	detail := "The scenario has no conversation to hold."
	if name != "" {
		detail = fmt.Sprintf("No conversation is named %q. There is: %s.", name, strings.Join(names, ", "))
	}
	return nil, &hcl.Diagnostic{Severity: hcl.DiagError, Summary: "No conversation", Detail: detail}
}

// cast decides with whom a scenario's conversation is: what a flag says goes over what the scenario says, and where the
// scenario has no robot, the environment's is taken.
func (sc *scene) cast(c *scenario.Conversation, f *Flags) {
	s, e := sc.settings, *c.Endpoint
	if f.BaseURL != "" && !f.Simulate {
		e.BaseURL, e.BaseURLSource, e.Simulator, e.APIKey = f.BaseURL, "--base-url", nil, ""
		sc.endpointReplaced = true
	} else if !f.Simulate {
		s.BaseURL = Setting[string]{e.BaseURL, FromScenario}
	}
	if s.Model.From == FromFlag || e.Model == "" && e.Simulator == nil && s.Model.From == FromEnvironment {
		e.Model = s.Model.Value
	} else {
		s.Model = Setting[string]{e.Model, FromScenario}
	}
	if s.Timeout.From == FromFlag {
		e.Timeout = s.Timeout.Value
	} else {
		s.Timeout = Setting[time.Duration]{e.Timeout, FromScenario}
	}
	if s.Retries.From == FromFlag {
		e.Retries = s.Retries.Value
	} else {
		s.Retries = Setting[int]{e.Retries, FromScenario}
	}
	c.Endpoint = &e
	switch {
	case !s.Robot:
	case c.Robot != nil && s.RobotURL.From != FromFlag:
		s.RobotURL = Setting[string]{c.Robot.DaemonURL, FromScenario}
	default:
		c.Robot = s.body(c.Robot)
		sc.robotReplaced = true
	}
}

// body is the robot of the settings; how it speaks and how it is left are those of the scenario's, where it has one.
func (s *Settings) body(like *scenario.Robot) *scenario.Robot {
	r := &scenario.Robot{Name: "reachy", Speech: scenario.Speech{Program: "auto"}, DaemonURL: s.RobotURL.Value}
	if like != nil {
		r.Name, r.Speech, r.Hold = like.Name, like.Speech, like.Hold
	}
	if r.DaemonURL == "" {
		r.Simulator = &scenario.RobotSimulator{}
	}
	return r
}

// limits takes from the scenario what bounds a reply.
func (sc *scene) limits(all *scenario.Scenario, c *scenario.Conversation, f *Flags) {
	s := sc.settings
	if c.Talk.MaxTokens.Present() && f.MaxTokens == nil {
		s.MaxTokens = Setting[int]{0, FromScenario}
	}
	if f.SLO != nil {
		return
	}
	for _, slo := range all.SLOs {
		for _, o := range slo.Objectives {
			if o.Value.Metric == "e2e" && o.Max != nil {
				s.SLO = Setting[time.Duration]{time.Duration(*o.Max * float64(time.Second)), FromScenario}
				return
			}
		}
	}
}

// dismiss leaves the robot out of a conversation, and what only a robot could do.
func dismiss(c *scenario.Conversation) {
	c.Robot, c.Speak, c.Performs = nil, false, nil
	talk := *c.Talk
	talk.Performs = nil
	c.Talk = &talk
	c.Tools = slices.DeleteFunc(slices.Clone(c.Tools), func(t *scenario.Tool) bool { return t.Gesture != nil && !t.Result.Present() })
}

// head is the part of the built-in scenario that the settings make.
func (s *Settings) head() string {
	return s.endpointText("aim") + "\n" + s.robotText("reachy") + "\n" + s.boundsText()
}

// boundsText declares what bounds a reply.
func (s *Settings) boundsText() string {
	return fmt.Sprintf(`variable "max_tokens" {
  description = "Most tokens of a reply."
  type        = number
  default     = %d
}

slo "talk" {
  objective "e2e" {
    value = p(metric.e2e, 100)
    max   = %s
  }
}

`, s.MaxTokens.Value, literal(s.SLO.Value.String()))
}

// endpointText declares the endpoint of the settings.
func (s *Settings) endpointText(name string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "endpoint %s {\n", literal(name))
	if s.BaseURL.Value == "" {
		b.WriteString("  simulator {\n    ttft  = \"180ms\"\n    itl   = \"15ms\"\n    cache = true\n  }\n}\n")
		return b.String()
	}
	fmt.Fprintf(&b, "  base_url = %s\n", s.BaseURL.expression("AIM_BASE_URL"))
	if s.ChatPath.Value != defaultChatPath {
		fmt.Fprintf(&b, "  chat_path = %s\n", literal(s.ChatPath.Value))
	}
	if s.Model.Value != "" {
		fmt.Fprintf(&b, "  model = %s\n", s.Model.expression("AIM_MODEL"))
	}
	fmt.Fprintf(&b, "  api_key = env(\"AIM_API_KEY\", null)\n  timeout = %s\n  retries = %d\n}\n", literal(s.Timeout.Value.String()), s.Retries.Value)
	return b.String()
}

// robotText declares the robot of the settings.
func (s *Settings) robotText(name string) string {
	if s.RobotURL.Value == "" {
		return fmt.Sprintf("robot %s {\n  simulator {}\n}\n", literal(name))
	}
	return fmt.Sprintf("robot %s {\n  daemon {\n    url = %s\n  }\n}\n", literal(name), s.RobotURL.expression("REACHY_DAEMON_URL"))
}

// expression is the setting as HCL: what came from the environment is read from there again.
func (s Setting[T]) expression(name string) string {
	value := literal(fmt.Sprint(s.Value))
	if s.From == FromEnvironment {
		return fmt.Sprintf("env(%q, %s)", name, value)
	}
	return value
}

// literal is a text as HCL: nothing in it is a template.
func literal(text string) string {
	return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes())
}
