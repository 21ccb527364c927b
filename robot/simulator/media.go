package simulator

import (
	"encoding/binary"
	"errors"
	"io"
	"maps"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"aimbench/robot"
	"aimbench/robot/api"
)

const (
	// soundsDir is where a daemon on Linux keeps what was uploaded. Here nothing is written; only lengths are kept.
	soundsDir = "/tmp/reachy_mini_sounds/"
	// mostSound is how long an upload may be, mostSounds how many there may be.
	mostSound  = 25 << 20
	mostSounds = 1000
	// usualVolume is how loud the speaker is to begin with.
	usualVolume = 50
)

// soundTypes are the endings that a daemon takes.
var soundTypes = []string{".aac", ".flac", ".m4a", ".mp3", ".oga", ".ogg", ".opus", ".wav"}

// builtin are the daemon's own sounds, with about their length.
var builtin = map[string]time.Duration{
	"wake_up.wav": 1500 * time.Millisecond, "go_sleep.wav": 3 * time.Second, "impatient1.wav": time.Second,
	"confused1.wav": time.Second, "count.wav": 2 * time.Second, "dance1.wav": 2 * time.Second,
}

// media is the speaker.
type media struct {
	released bool
	volume   int
	files    map[string]time.Duration // what was uploaded, and how long it plays
	playing  string
	until    time.Time
}

func newMedia() media { return media{volume: usualVolume, files: map[string]time.Duration{}} }

// Playing names the sound that is played, and says when it ends; the name is empty where none is.
func (s *Simulator) Playing() (name string, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sounding()
}

func (s *Simulator) sounding() (string, time.Time) {
	if s.media.playing == "" || !time.Now().Before(s.media.until) {
		return "", time.Time{}
	}
	return s.media.playing, s.media.until
}

// audible reports whether there is a speaker that the daemon may use.
func (s *Simulator) audible() bool { return s.config.Media && !s.media.released }

// play begins a sound, and cuts the one before. A sound that is not there is silent.
func (s *Simulator) play(name string) {
	if !s.audible() {
		return
	}
	name = path.Base(name)
	length, ok := s.media.files[name]
	if !ok {
		length, ok = builtin[name]
	}
	if ok {
		s.media.playing, s.media.until = name, time.Now().Add(length)
	}
}

func (s *Simulator) hush() { s.media.playing = "" }

func (s *Simulator) mediaStatus(w http.ResponseWriter, _ *http.Request, _ string) {
	s.mu.Lock()
	status := api.MediaStatus{Available: s.audible(), Released: s.media.released, NoMedia: !s.config.Media}
	s.mu.Unlock()
	answer(w, status)
}

func (s *Simulator) releaseMedia(release bool) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, _ *http.Request, _ string) {
		s.mu.Lock()
		if s.config.Media {
			s.media.released = release
			s.hush()
		}
		s.mu.Unlock()
		answer(w, api.Status{Status: "ok"})
	}
}

func (s *Simulator) volume(w http.ResponseWriter, _ *http.Request, _ string) {
	s.mu.Lock()
	volume := s.media.volume
	s.mu.Unlock()
	s.answerVolume(w, volume)
}

// answerVolume tells the volume; without a speaker it crashes, as a daemon on a host without one does.
func (s *Simulator) answerVolume(w http.ResponseWriter, volume int) {
	if !s.config.Media {
		crash(w)
		return
	}
	answer(w, api.Volume{Volume: volume, Platform: "Linux", Device: "simulated"})
}

func (s *Simulator) setVolume(w http.ResponseWriter, r *http.Request, _ string) {
	o, ok := read(w, r)
	if !ok {
		return
	}
	volume := o.whole("volume", 0, 100)
	if o.refused(w) {
		return
	}
	s.mu.Lock()
	s.media.volume = volume
	s.play("impatient1.wav")
	s.mu.Unlock()
	s.answerVolume(w, volume)
}

func (s *Simulator) playSound(w http.ResponseWriter, r *http.Request, _ string) {
	o, ok := read(w, r)
	if !ok {
		return
	}
	file := o.text("file")
	if o.refused(w) {
		return
	}
	s.mu.Lock()
	s.play(file)
	s.mu.Unlock()
	answer(w, api.Status{Status: "ok"})
}

func (s *Simulator) stopSound(w http.ResponseWriter, _ *http.Request, _ string) {
	s.mu.Lock()
	s.hush()
	s.mu.Unlock()
	answer(w, api.Status{Status: "ok"})
}

// setWobbling takes the wish; here the head does not move with a sound.
func (s *Simulator) setWobbling(on bool) func(http.ResponseWriter, *http.Request, string) {
	return func(w http.ResponseWriter, _ *http.Request, _ string) {
		s.mu.Lock()
		s.wobble(on)
		s.mu.Unlock()
		answer(w, api.Status{Status: "ok"})
	}
}

func (s *Simulator) wobble(on bool) {
	s.wobbling = on
	if !on {
		s.offsetBy(robot.Head{})
	}
}

func (s *Simulator) listSounds(w http.ResponseWriter, _ *http.Request, _ string) {
	s.mu.Lock()
	files := slices.Sorted(maps.Keys(s.media.files))
	s.mu.Unlock()
	answer(w, api.Sounds{Files: append([]string{}, files...)})
}

func (s *Simulator) deleteSound(w http.ResponseWriter, _ *http.Request, name string) {
	s.mu.Lock()
	_, ok := s.media.files[name]
	delete(s.media.files, name)
	s.mu.Unlock()
	switch {
	case strings.ContainsRune(name, '\\'):
		refuse(w, http.StatusBadRequest, "Invalid filename")
	case !ok:
		refuse(w, http.StatusNotFound, "File '"+name+"' not found")
	default:
		answer(w, api.Status{Status: "ok"})
	}
}

func (s *Simulator) uploadSound(w http.ResponseWriter, r *http.Request, _ string) {
	name, sound, err := upload(w, r)
	switch {
	case errors.Is(err, errNoFile):
		refuse(w, http.StatusUnprocessableEntity, []api.Invalid{{Type: "missing", Loc: []any{"body", "file"}, Msg: "Field required"}})
		return
	case err != nil:
		refuse(w, http.StatusBadRequest, "There was an error parsing the body")
		return
	case !slices.Contains(soundTypes, strings.ToLower(path.Ext(name))):
		refuse(w, http.StatusBadRequest, "Unsupported file extension; allowed: "+strings.Join(soundTypes, ", "))
		return
	}
	length, ok := wavLength(sound)
	s.mu.Lock()
	ok = ok && s.config.Media && len(s.media.files) < mostSounds
	if ok {
		s.media.files[name] = length
	}
	s.mu.Unlock()
	if !ok {
		refuse(w, http.StatusBadRequest, "Unsupported or invalid audio file")
		return
	}
	answer(w, api.Uploaded{Status: "ok", Path: soundsDir + name})
}

var errNoFile = errors.New("the form has no file")

// upload gives the file of a form.
func upload(w http.ResponseWriter, r *http.Request) (name string, content []byte, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, mostSound+1<<20)
	form, err := r.MultipartReader()
	if err != nil {
		return "", nil, errNoFile
	}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			return "", nil, errNoFile
		}
		if err != nil {
			return "", nil, err
		}
		if part.FormName() == "file" && part.FileName() != "" {
			content, err := io.ReadAll(io.LimitReader(part, mostSound))
			return part.FileName(), content, err
		}
	}
}

// wavLength is how long a WAV file plays, and whether it is one: RIFF, a chunk "fmt " with the bytes a second, and a chunk
// "data". A length that is not known yet, as programs that stream write it, ends with the file.
func wavLength(file []byte) (time.Duration, bool) {
	if len(file) < 12 || string(file[:4]) != "RIFF" || string(file[8:12]) != "WAVE" {
		return 0, false
	}
	var bytesPerSecond uint32
	for rest := file[12:]; len(rest) >= 8; {
		kind, size := string(rest[:4]), int(binary.LittleEndian.Uint32(rest[4:8]))
		rest = rest[8:]
		switch {
		case kind == "fmt " && size >= 16 && len(rest) >= 16:
			bytesPerSecond = binary.LittleEndian.Uint32(rest[8:12])
		case kind == "data" && bytesPerSecond > 0:
			return time.Duration(float64(min(size, len(rest))) / float64(bytesPerSecond) * float64(time.Second)), true
		}
		rest = rest[min(len(rest), size+size%2):]
	}
	return 0, false
}
