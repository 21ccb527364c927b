package edge

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// The sources of a setting; the first that has one wins.
const (
	FromFlag        = "flag"
	FromScenario    = "scenario"
	FromEnvironment = "environment"
	FromDefault     = "default"
)

// Setting is a value and where it is from.
type Setting[T any] struct {
	Value T
	From  string
}

// Flags are what the command line says. What is nil or empty it does not say.
type Flags struct {
	BaseURL, Model, APIKeyFile     string
	RobotURL, Voice                string
	Conversation                   string
	Metrics, Viewer                *string
	Timeout, SLO                   *time.Duration
	Retries, MaxTokens, HistoryMax *int
	NoRobot, Mute, Simulate        bool
}

// Settings say with whom the talk is, and how.
type Settings struct {
	BaseURL    Setting[string] // empty is the embedded endpoint
	ChatPath   Setting[string]
	Model      Setting[string]
	Timeout    Setting[time.Duration]
	Retries    Setting[int]
	MaxTokens  Setting[int]    // 0 is the server's own bound
	RobotURL   Setting[string] // empty is the embedded robot
	Robot      bool            // there is one
	Hardware   bool            // the robot must be none that is simulated
	SLO        Setting[time.Duration]
	HistoryMax Setting[int] // tokens
	Metrics    Setting[string]
	Viewer     Setting[string]
	Mute       bool
}

// The defaults of what the environment may say. They are those that earlier edge programs had, so that their environment
// files go on to work.
const (
	defaultChatPath   = "/v1/chat/completions"
	defaultModel      = "llm-prod"
	defaultTimeout    = 30 * time.Second
	defaultRetries    = 1
	defaultMaxTokens  = 200
	defaultSLO        = 2500 * time.Millisecond
	defaultHistory    = 3000
	defaultHost       = "127.0.0.1"
	defaultPort       = 9100
	defaultViewer     = "127.0.0.1:8222"
	defaultDaemon     = "http://127.0.0.1:8000"
	longestTimeout    = 24 * time.Hour
	mostHistoryTokens = 10_000_000
)

// resolve takes each setting from the first source that has it. The environment is read by lookup. All that is wrong with
// it is said at once.
func resolve(f *Flags, lookup func(string) (string, bool)) (*Settings, error) {
	e := &environment{lookup: lookup}
	s := &Settings{Mute: f.Mute, Robot: !f.NoRobot}
	s.BaseURL = text(f.BaseURL, e, "AIM_BASE_URL", "")
	s.ChatPath = text("", e, "AIM_CHAT_PATH", defaultChatPath)
	s.Model = text(f.Model, e, "AIM_MODEL", defaultModel)
	s.Timeout = pick(f.Timeout, e, "AIM_TIMEOUT_MS", defaultTimeout, e.milliseconds)
	s.Retries = pick(f.Retries, e, "AIM_MAX_RETRIES", defaultRetries, e.count(0, 10))
	s.MaxTokens = pick(f.MaxTokens, e, "AIM_MAX_TOKENS", defaultMaxTokens, e.count(1, mostHistoryTokens))
	s.SLO = pick(f.SLO, e, "E2E_SLO_MS", defaultSLO, e.milliseconds)
	s.HistoryMax = pick(f.HistoryMax, e, "EDGE_HISTORY_TOKENS", defaultHistory, e.count(1, mostHistoryTokens))
	s.Viewer = pick(f.Viewer, e, "EDGE_VIEWER_ADDR", defaultViewer, e.plain)
	s.metrics(f, e)
	s.robot(f, e)
	if f.Simulate {
		s.BaseURL, s.RobotURL, s.Hardware = Setting[string]{"", FromFlag}, Setting[string]{"", FromFlag}, false
	}
	for _, u := range []Setting[string]{s.BaseURL, s.RobotURL} {
		if err := checkURL(u.Value); err != nil {
			e.fail("%s (from the %s): %w", u.Value, u.From, err)
		}
	}
	return s, errors.Join(e.errs...)
}

func (s *Settings) metrics(f *Flags, e *environment) {
	if f.Metrics != nil {
		s.Metrics = Setting[string]{*f.Metrics, FromFlag}
		return
	}
	host := text("", e, "EDGE_METRICS_HOST", defaultHost)
	port := pick[int](nil, e, "EDGE_METRICS_PORT", defaultPort, e.count(0, 65535))
	s.Metrics = Setting[string]{net.JoinHostPort(host.Value, strconv.Itoa(port.Value)), FromDefault}
	if host.From == FromEnvironment || port.From == FromEnvironment {
		s.Metrics.From = FromEnvironment
	}
}

// robot decides which robot: hardware without a URL is the daemon that runs on the robot's own host.
func (s *Settings) robot(f *Flags, e *environment) {
	s.RobotURL = text(f.RobotURL, e, "REACHY_DAEMON_URL", "")
	switch mode := text("", e, "ROBOT_MODE", "sim"); mode.Value {
	case "hardware":
		s.Hardware = true
		if s.RobotURL.Value == "" {
			s.RobotURL = Setting[string]{defaultDaemon, FromEnvironment}
		}
	case "sim":
	default:
		e.fail("ROBOT_MODE is %q; it may be sim or hardware", mode.Value)
	}
}

func checkURL(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("this is no URL")
	}
	if !slices.Contains([]string{"http", "https"}, u.Scheme) || u.Host == "" {
		return errors.New("a URL looks like http://127.0.0.1:8000")
	}
	return nil
}

// environment reads variables, and keeps what is wrong with them. A variable that is empty is as good as none.
type environment struct {
	lookup func(string) (string, bool)
	errs   []error
}

func (e *environment) get(name string) (string, bool) {
	v, ok := e.lookup(name)
	return v, ok && v != ""
}

func (e *environment) fail(format string, args ...any) {
	e.errs = append(e.errs, fmt.Errorf(format, args...))
}

func (e *environment) plain(_, text string) (string, bool) { return text, true }

func (e *environment) milliseconds(name, text string) (time.Duration, bool) {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil || ms < 1 || ms > longestTimeout.Milliseconds() {
		e.fail("%s is %q; it must be a number of milliseconds, such as 2500", name, text)
		return 0, false
	}
	return time.Duration(ms) * time.Millisecond, true
}

func (e *environment) count(least, most int) func(name, text string) (int, bool) {
	return func(name, text string) (int, bool) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			e.fail("%s is %q; it must be a whole number from %d to %d", name, text, least, most)
			return 0, false
		}
		return n, true
	}
}

func text(flag string, e *environment, name, otherwise string) Setting[string] {
	var given *string
	if flag != "" {
		given = &flag
	}
	return pick(given, e, name, otherwise, e.plain)
}

func pick[T any](flag *T, e *environment, name string, otherwise T, parse func(name, text string) (T, bool)) Setting[T] {
	if flag != nil {
		return Setting[T]{*flag, FromFlag}
	}
	if text, ok := e.get(name); ok {
		if v, ok := parse(name, text); ok {
			return Setting[T]{v, FromEnvironment}
		}
	}
	return Setting[T]{otherwise, FromDefault}
}
