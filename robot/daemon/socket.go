package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/coder/websocket"

	"aimbench/robot"
	"aimbench/robot/api"
)

const (
	minBackoff     = 100 * time.Millisecond
	maxBackoff     = 5 * time.Second
	maxMessageSize = 64 << 10 // bytes; a state has some 500
)

// backoff is how long to wait before the next try; the zero value begins.
type backoff struct{ last time.Duration }

func (b *backoff) next() time.Duration {
	b.last = min(max(minBackoff, 2*b.last), maxBackoff)
	return b.last
}

// sleep waits; false where ctx ended first.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// dial opens a WebSocket. The daemon refuses while it is not ready. The error is an *Error.
func (c *Client) dial(ctx context.Context, doing, path, query string) (*websocket.Conn, error) {
	limited, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	url := c.base.String() + path
	conn, res, err := websocket.Dial(limited, url+query, &websocket.DialOptions{HTTPClient: c.http})
	if err != nil {
		e := &Error{Class: Unreachable, Doing: doing, Method: "GET", URL: url, Message: printable(root(err).Error()), Err: err}
		if res != nil {
			e.Class, e.Status, e.Message = NotReady, res.StatusCode, ""
		}
		return nil, e
	}
	conn.SetReadLimit(maxMessageSize)
	return conn, nil
}

// read takes the next message, which must come within a time.
func read(ctx context.Context, conn *websocket.Conn, within time.Duration, into any) error {
	limited, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	_, message, err := conn.Read(limited)
	if err != nil {
		if ctx.Err() == nil && limited.Err() != nil {
			return errors.New("nothing came for " + within.String())
		}
		return err
	}
	return json.Unmarshal(message, into)
}

// write sends a message.
func write(ctx context.Context, conn *websocket.Conn, message any) error {
	text, err := json.Marshal(message)
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	return conn.Write(limited, websocket.MessageText, text)
}

// command sends messages that the daemon does not answer, one after the other. It returns when the daemon has read them:
// it does so in order, so that its own closing of the socket comes after.
func (c *Client) command(ctx context.Context, doing string, commands ...api.Command) error {
	conn, err := c.dial(ctx, doing, api.PathSDK, "")
	if err != nil {
		return err
	}
	defer conn.CloseNow() //nolint:errcheck // it is closed below
	for _, command := range commands {
		if err := write(ctx, conn, command); err != nil {
			return &Error{Class: Unreachable, Doing: doing, URL: c.base.String() + api.PathSDK, Message: printable(root(err).Error()), Err: err}
		}
	}
	_ = conn.Close(websocket.StatusNormalClosure, "") // a daemon that goes away has read them or never will
	return nil
}

// quiet ends what the daemon itself adds to every target: speech offsets outlive who set them. Those of a robot that lies are
// left until it is woken: whatever they are, the daemon then sends a head upright at once that was never told where to be.
func (c *Client) quiet(ctx context.Context) error {
	lies := near(c.Latest().Pose, robot.Asleep)
	c.mu.Lock()
	c.unquiet = lies
	c.mu.Unlock()
	if lies {
		return nil
	}
	off := false
	return c.command(ctx, "zeroing what is added to the robot's pose",
		api.Command{Type: api.TypeSetWobbling, Enabled: &off},
		api.Command{Type: api.TypeSetSpeechOffsets, Offsets: make([]float64, 6)})
}
