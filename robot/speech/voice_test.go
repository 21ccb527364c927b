package speech

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// install gives the test binary another name, under which it speaks.
func install(t *testing.T, name, how string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(self, path); err != nil {
		t.Fatal(err)
	}
	t.Setenv(programVariable, how)
	t.Setenv("AIM_API_KEY", "secret")
	t.Setenv("GORACE", "atexit_sleep_ms=0") // else it waits a second before it exits
	return path
}

func TestProgram(t *testing.T) {
	v, err := Find(t.Context(), Options{Program: install(t, "espeak-ng", "speak"), Voice: "en-gb"})
	if err != nil {
		t.Fatal(err)
	}
	if v.Name() != "espeak-ng (en-gb)" {
		t.Errorf("it is called %s", v.Name())
	}
	sound, err := v.Synthesise(t.Context(), "Hello you.")
	if err != nil || sound.Length() != 100*time.Millisecond {
		t.Errorf("%v, %v", sound, err)
	}
}

func TestProgramFails(t *testing.T) {
	for _, c := range []struct {
		how, want string
		class     Class
	}{
		{"fail", "exit status 3: no [31m such voice xx", Program},
		{"flood", "more than 16 MiB", BadSound},
		{"babble", "does not begin as a WAV file", BadSound},
		{"tell", `["--stdin" "--stdout" "-b" "1" "-s" "200" "-v" "en"] "-v $(reboot)" false`, Program},
	} {
		t.Run(c.how, func(t *testing.T) {
			v, err := Find(t.Context(), Options{Program: install(t, "espeak-ng", c.how), Voice: "en", Speed: 200})
			if err != nil {
				t.Fatal(err)
			}
			var e *Error
			if _, err := v.Synthesise(t.Context(), "-v $(reboot)"); !errors.As(err, &e) || e.Class != c.class || !strings.Contains(e.Message, c.want) ||
				len(err.Error()) > 600 || strings.ContainsAny(err.Error(), "\n\x1b") {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestProgramIsCut(t *testing.T) {
	v, err := Find(t.Context(), Options{Program: install(t, "espeak-ng", "hang")})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go cancel()
	var e *Error
	if _, err := v.Synthesise(ctx, "Hello."); !errors.As(err, &e) || e.Class != Timeout || !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestProgramHangs(t *testing.T) {
	v, err := Find(t.Context(), Options{Program: install(t, "espeak-ng", "hang")})
	if err != nil {
		t.Fatal(err)
	}
	v.(*program).timeout = 50 * time.Millisecond
	var e *Error
	if _, err := v.Synthesise(t.Context(), "Hello."); !errors.As(err, &e) || e.Class != Timeout || !strings.Contains(err.Error(), "took longer than 50ms") {
		t.Errorf("%v", err)
	}
}

func TestFindRefuses(t *testing.T) {
	piper := install(t, "piper", "speak")
	for _, c := range []struct {
		options Options
		class   Class
	}{
		{Options{Program: "no-such-program"}, NoProgram},
		{Options{Speed: 10}, Program},
		{Options{Program: piper, Voice: "en"}, Program},
		{Options{Program: "espeak-ng", Voice: "a.onnx"}, Program},
	} {
		_, err := Find(t.Context(), c.options)
		if e := (*Error)(nil); !errors.As(err, &e) || e.Class != c.class {
			t.Errorf("%+v: %v", c.options, err)
		}
	}
	if v, err := Find(t.Context(), Options{Program: piper, Voice: "/voices/joe.onnx"}); err != nil || v.Name() != "piper (joe)" {
		t.Errorf("%v, %v", v, err)
	}
}

func TestRealESpeak(t *testing.T) {
	if _, err := exec.LookPath("espeak-ng"); err != nil {
		t.Skip("espeak-ng is not installed")
	}
	realVoice(t, Options{Voice: "en"})
	if _, err := Find(t.Context(), Options{Voice: "zz-none"}); err == nil || !strings.Contains(err.Error(), "--voices") {
		t.Errorf("a voice that is not there: %v", err)
	}
}

func TestRealPiper(t *testing.T) {
	model := os.Getenv("PIPER_MODEL")
	if model == "" {
		t.Skip("PIPER_MODEL is not set")
	}
	realVoice(t, Options{Voice: model})
	if _, err := Find(t.Context(), Options{Voice: "no-such-voice.onnx"}); err == nil || !strings.Contains(err.Error(), "model") {
		t.Errorf("a voice that is not there: %v", err)
	}
}

// realVoice holds a voice to what a spoken sentence is like.
func realVoice(t *testing.T, o Options) {
	t.Helper()
	length := map[int]time.Duration{}
	for _, speed := range []int{0, 350} {
		o.Speed = speed
		v, err := Find(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		sound, err := v.Synthesise(t.Context(), "Hello, I am Reachy Mini, a small friendly robot. [[x]] -v <b> --help")
		if err != nil {
			t.Fatal(err)
		}
		length[speed] = sound.Length()
		peak := 0.0
		for _, l := range sound.Loudness() {
			peak = max(peak, l)
		}
		t.Logf("%s: %s at %d Hz, at most %.2f loud", v.Name(), sound.Length(), sound.Rate, peak)
		if sound.Length() < time.Second || sound.Length() > 20*time.Second || peak < 0.5 || peak > 1 {
			t.Error("that is no speech")
		}
	}
	if length[350] >= length[0] {
		t.Errorf("twice as fast lasts %s, not less than %s", length[350], length[0])
	}
}

func BenchmarkVoice(b *testing.B) {
	for _, model := range []string{"", os.Getenv("PIPER_MODEL")} {
		v, err := Find(b.Context(), Options{Voice: model})
		if err != nil {
			b.Skip(err)
		}
		b.Run(v.Name(), func(b *testing.B) {
			for b.Loop() {
				if _, err := v.Synthesise(b.Context(), "Hello, I am Reachy Mini, a small and friendly robot of yours."); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
