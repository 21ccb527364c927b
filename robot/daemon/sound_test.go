package daemon

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"aimbench/engine/listen"
	"aimbench/robot/api"
	"aimbench/robot/simulator"
	"aimbench/robot/speech"
)

var _ speech.Player = (*Client)(nil)

func TestSounds(t *testing.T) {
	files := map[string]string{}
	prepare := func(s *script) {
		s.answers["POST "+api.PathUploadSound] = func(w http.ResponseWriter, r *http.Request) {
			file, header, err := r.FormFile("file")
			if err != nil {
				http.Error(w, "", http.StatusUnprocessableEntity)
				return
			}
			b, _ := io.ReadAll(file)
			files[header.Filename] = string(b)
			reply(w, api.Uploaded{Status: "ok", Path: "/tmp/" + header.Filename})
		}
		s.answers["DELETE "+api.PathSounds+"/gone.wav"] = http.NotFound
	}
	play(t, prepare, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		a, err := c.UploadSound(t.Context(), []byte("one"))
		b, err2 := c.UploadSound(t.Context(), []byte("two"))
		if err != nil || err2 != nil || a == b || files[a] != "one" || files[b] != "two" || !strings.HasSuffix(a, ".wav") {
			t.Errorf("%s, %s: %v, %v", a, b, err, err2)
		}
		err = errors.Join(c.PlaySound(t.Context(), a), c.StopSound(t.Context()), c.DeleteSound(t.Context(), a), c.DeleteSound(t.Context(), "gone.wav"))
		if err != nil {
			t.Error(err)
		}
		same(t, "asked", s.took(), "POST "+api.PathUploadSound, "POST "+api.PathUploadSound, "POST "+api.PathPlaySound, "POST "+api.PathStopSound,
			"DELETE "+api.PathSounds+"/"+a, "DELETE "+api.PathSounds+"/gone.wav")
	})
}

// A daemon without sound takes every request to play, so that one has to ask.
func TestHasSound(t *testing.T) {
	for _, m := range []api.MediaStatus{{Available: true}, {Available: false}, {Available: true, NoMedia: true}} {
		prepare := func(s *script) {
			s.answers["GET "+api.PathMediaStatus] = func(w http.ResponseWriter, _ *http.Request) { reply(w, m) }
			s.answers["POST "+api.PathUploadSound] = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(http.StatusBadRequest)
				reply(w, api.Problem{Detail: "Unsupported or invalid audio file"})
			}
		}
		play(t, prepare, func(t *testing.T, s *script, c *Client) {
			ready(s, c)
			if has, err := c.HasSound(t.Context()); err != nil || has != (m.Available && !m.NoMedia) {
				t.Errorf("%+v: %v, %v", m, has, err)
			}
			if name, err := c.UploadSound(t.Context(), nil); name == "" || err == nil || !strings.Contains(err.Error(), "Does the robot have sound?") {
				t.Errorf("%s, %v", name, err)
			}
		})
	}
}

// To set the volume plays a sound each time: what is set already is left.
func TestVolume(t *testing.T) {
	prepare := func(s *script) {
		s.answers["GET "+api.PathVolume] = func(w http.ResponseWriter, _ *http.Request) { reply(w, api.Volume{Volume: 40}) }
	}
	play(t, prepare, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		for _, v := range []int{40, 50} {
			if err := c.SetVolume(t.Context(), v); err != nil {
				t.Error(err)
			}
		}
		for _, v := range []int{-1, 101} {
			if err := c.SetVolume(t.Context(), v); err == nil {
				t.Errorf("%d was taken", v)
			}
		}
		same(t, "asked", s.took(), "GET "+api.PathVolume, "GET "+api.PathVolume, "POST "+api.PathSetVolume)
	})
}

func TestRecordedMoves(t *testing.T) {
	const path = api.PathRecordedList + "org/a%b"
	prepare := func(s *script) {
		s.answers["GET "+path] = func(w http.ResponseWriter, _ *http.Request) { reply(w, []string{"nod", "wave"}) }
	}
	play(t, prepare, func(t *testing.T, s *script, c *Client) {
		ready(s, c)
		names, err := c.RecordedMoves(t.Context(), "org/a%b")
		if err != nil {
			t.Error(err)
		}
		same(t, "moves", names, "nod", "wave")
	})
}

// hum is a voice: each sentence lasts a second.
type hum struct{}

func (hum) Name() string { return "hum" }

func (hum) Synthesise(context.Context, string) (*speech.Sound, error) {
	return &speech.Sound{Rate: 8000, Channels: 1, PCM: make([]byte, 16000)}, nil
}

// A reply is said on a robot, until it is cut, and leaves no files there.
func TestSpeech(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{Media: true})
		defer sim.Close()
		listener, dial := listen.Memory()
		listening := listen.Serve(t.Context(), listener, sim)
		c := connect(t, dial, nil)
		if err := c.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
		speaker := speech.New(speech.Config{Voice: hum{}, Player: c})
		u := speaker.Begin(func(e speech.Event) {
			if e.Err != nil {
				t.Error(e.Err)
			}
		})
		u.Feed("One. Two. Three. ")
		for range 2 {
			time.Sleep(700 * time.Millisecond)
			name, until := sim.Playing()
			if !strings.HasPrefix(name, "aimbench-") || time.Until(until) <= 0 {
				t.Errorf("%q is heard until in %s", name, time.Until(until))
			}
		}
		u.Cut()
		<-u.Done()
		if name, _ := sim.Playing(); name != "" {
			t.Errorf("%s is heard after the cut", name)
		}
		speaker.Close()
		var left api.Sounds
		if err := c.get(t.Context(), "listing", api.PathSounds, &left); err != nil || len(left.Files) > 0 {
			t.Errorf("left %v, %v", left.Files, err)
		}
		c.Close(t.Context())
		if err := listening.Close(); err != nil {
			t.Error(err)
		}
	})
}
