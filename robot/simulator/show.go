package simulator

import (
	_ "embed"
	"net/http"
	"strings"
	"time"

	"aimbench/robot/api"
)

// Paths of the viewer, besides its page at the root.
const (
	PathShow       = "/viewer/show"   // POST Show
	PathShowStream = "/viewer/stream" // WebSocket: frames, at most one a period, and none where nothing changes
)

// page is all of the viewer: it loads nothing else.
//
//go:embed viewer.html
var page []byte

// mostCaption is how many bytes of a caption are shown.
const mostCaption = 4 << 10

// Show is what the viewer tells besides the robot itself. What is nil stays as it was.
type Show struct {
	Caption   *string  `json:"caption,omitempty"`    // what is being said; empty for silence
	LatencyMS *float64 `json:"latency_ms,omitempty"` // the last turn's
	Heard     *string  `json:"heard,omitempty"`      // what the person said
}

// show is what the viewer tells now.
type show struct {
	caption, heard string
	latency        float64 // of 0 is none yet
}

// Say sets the viewer's caption: what is being said, "" for silence.
func (s *Simulator) Say(caption string) { s.Set(Show{Caption: &caption}) }

// Turn tells the viewer the last turn's latency.
func (s *Simulator) Turn(latency time.Duration) {
	ms := float64(latency) / float64(time.Millisecond)
	s.Set(Show{LatencyMS: &ms})
}

// Set tells the viewer something.
func (s *Simulator) Set(what Show) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if what.Caption != nil {
		s.show.caption = clip(*what.Caption)
	}
	if what.Heard != nil {
		s.show.heard = clip(*what.Heard)
	}
	if what.LatencyMS != nil {
		s.show.latency = *what.LatencyMS
	}
}

func clip(text string) string { return strings.ToValidUTF8(text[:min(len(text), mostCaption)], "") }

func (s *Simulator) page(w http.ResponseWriter, _ *http.Request, _ string) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("Content-Security-Policy",
		"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; frame-ancestors 'self'")
	_, _ = w.Write(page)
}

func (s *Simulator) setShow(w http.ResponseWriter, r *http.Request, _ string) {
	o, ok := read(w, r)
	if !ok {
		return
	}
	what := Show{LatencyMS: o.optionalNumber("latency_ms")}
	for name, to := range map[string]**string{"caption": &what.Caption, "heard": &what.Heard} {
		if _, ok := o.optional(name); ok {
			text := o.text(name)
			*to = &text
		}
	}
	if o.refused(w) {
		return
	}
	s.Set(what)
	answer(w, api.Status{Status: "ok"})
}

// frame is what the viewer draws.
type frame struct {
	Name     string        `json:"name"`
	Head     api.Head      `json:"head"`
	Antennas [2]float64    `json:"antennas"`
	BodyYaw  float64       `json:"body_yaw"`
	Motors   api.MotorMode `json:"motors"`
	Moves    int           `json:"moves"`
	Caption  string        `json:"caption"`
	Heard    string        `json:"heard"`
	Latency  float64       `json:"latency_ms"`
	Sound    string        `json:"sound"`
	Lost     bool          `json:"lost"`
}

func (s *Simulator) frame() frame {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.body.advance(time.Now())
	b := s.body
	sound, _ := s.sounding()
	return frame{
		s.config.Name, api.Head(b.measured.Head), b.measured.Antennas, b.measured.BodyYaw, b.motors, len(s.moves),
		s.show.caption, s.show.heard, s.show.latency, sound, s.lost,
	}
}

// streamShow sends a frame wherever something changed.
func (s *Simulator) streamShow(c *socket) {
	var last frame
	begun := false
	c.each(period, func() {
		if now := s.frame(); !begun || now != last {
			begun, last = true, now
			c.send(now)
		}
	})
}
