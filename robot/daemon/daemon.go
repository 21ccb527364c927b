// Package daemon is a client of the daemon that drives a Reachy Mini. It keeps watch of where the robot is, streams
// targets to it, has it run moves of its own, and plays sounds on it. It is a motion.Body and a speech.Player.
//
// The daemon has no queue, checks no limits and guards nothing; what this package makes of that is in docs/daemon.md.
package daemon

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

// Config says which daemon.
type Config struct {
	// URL is where the daemon listens, such as http://reachy-mini.local:8000.
	URL string
	// Dial makes its connections; nil is the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Notify is told what happens, one event after the other. It must not block, nor call the client. May be nil.
	Notify func(Event)
}

// Kind is what an event tells.
type Kind string

// The kinds of event. Lost and Back come in turn, as do Foreign and Free.
const (
	Lost    Kind = "lost"    // the daemon does not answer any more: Err
	Back    Kind = "back"    // it answers again
	Foreign Kind = "foreign" // somebody else moves the robot, and targets are not sent: Text
	Free    Kind = "free"    // nobody else does any more
	Note    Kind = "note"    // something that a user should know: Text
)

// Event is something that happened to the robot.
type Event struct {
	Kind Kind
	At   time.Time
	Text string
	Err  error
}

// State is what the daemon said of the robot.
type State struct {
	Pose     robot.Pose
	Motors   api.MotorMode
	At       time.Time // by the daemon's clock; zero where it did not say
	Received time.Time // by ours
}

// Client is a connection to a daemon, which it keeps up by itself. All its methods may be called at once.
type Client struct {
	config  Config
	base    *url.URL
	http    *http.Client
	ctx     context.Context
	cancel  context.CancelFunc
	running sync.WaitGroup

	telling sync.Mutex // while Notify is called

	mu        sync.Mutex
	changed   chan struct{} // closed and replaced when what Ready waits for changes
	state     State
	connected bool
	lost      error // why it is not connected
	everSeen  bool
	unquiet   bool // something may be added to where the robot is told to be, which is left until it is up
	blocking  int  // requests that may block the whole daemon
	target    target
	moves     moves
	others    others
}

// New makes a client, which begins to connect. Close ends it. The error is an *Error about the URL.
func New(config Config) (*Client, error) {
	base, err := parseURL(config.URL)
	if err != nil {
		return nil, &Error{
			Class: BadURL, Doing: "reading the robot's URL", Message: err.Error(), Err: err,
			Hint: "It looks like http://reachy-mini.local:8000.",
		}
	}
	transport := &http.Transport{
		Proxy: http.ProxyFromEnvironment, DialContext: config.Dial, MaxIdleConnsPerHost: 4, IdleConnTimeout: time.Minute,
		TLSHandshakeTimeout: callTimeout,
	}
	if config.Dial != nil {
		transport.Proxy = nil
	} else {
		transport.DialContext = (&net.Dialer{Timeout: callTimeout}).DialContext
	}
	c := &Client{
		config: config, base: base, changed: make(chan struct{}),
		http: &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		lost: &Error{Class: Unreachable, Doing: "connecting to the robot", URL: base.String(), Message: "no answer yet"},
	}
	c.moves = newMoves()
	c.others.uuids = make(map[string]bool)
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.running.Go(c.watch)
	c.running.Go(c.followMoves)
	c.running.Go(c.streamTargets)
	c.running.Go(c.askWhether)
	return c, nil
}

func parseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.Unwrap(err) // without the URL, which may hold a password
	}
	switch {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("it does not begin with http:// or https://")
	case u.Host == "":
		return nil, errors.New("it names no host")
	case u.User != nil:
		return nil, errors.New("it names a user; a daemon has none")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("it has a query or a fragment")
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	return u, nil
}

// URL is where the daemon is.
func (c *Client) URL() string { return c.base.String() }

// Ready waits until the daemon answers and the robot can be moved, and makes sure that nothing is added to where it is
// told to be. Its error is an *Error that says why it is not, when ctx ends, or at once where waiting cannot help.
func (c *Client) Ready(ctx context.Context) error {
	for {
		c.mu.Lock()
		connected, lost, changed := c.connected, c.lost, c.changed
		c.mu.Unlock()
		if connected {
			return nil
		}
		var e *Error
		if errors.As(lost, &e) && e.Class == NoDaemon {
			return lost
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return lost
		case <-c.ctx.Done():
			return c.closed("waiting for the robot")
		}
	}
}

// Connected tells whether the daemon answers.
func (c *Client) Connected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connected
}

// Close disconnects. The robot stays as it is, but that nothing is added any more to where it is told to be. A move that
// the daemon runs goes on.
func (c *Client) Close(ctx context.Context) {
	if c.Connected() {
		_ = c.quiet(ctx) // the robot may be gone
	}
	c.cancel()
	c.running.Wait()
	c.http.CloseIdleConnections()
}

// OnExit is how a robot is left.
type OnExit string

// How a robot is left.
const (
	Sleep OnExit = "sleep"
	Hold  OnExit = "hold" // as it is
)

// Leave brings the robot to how it shall be left, and closes the client.
func (c *Client) Leave(ctx context.Context, how OnExit) error {
	defer c.Close(ctx)
	if how == Sleep {
		return c.Sleep(ctx)
	}
	return nil
}

// tell gives an event to who listens. No lock is held.
func (c *Client) tell(e Event) {
	if c.config.Notify == nil {
		return
	}
	c.telling.Lock()
	defer c.telling.Unlock()
	e.At = time.Now()
	c.config.Notify(e)
}
