package speech

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
	"time"
)

// tone is so many steps of loudness, each a square wave of that height.
func tone(rate, channels int, heights ...float64) *Sound {
	s := &Sound{Rate: rate, Channels: channels}
	for _, h := range heights {
		for i := range rate / 20 * channels {
			v := int16(h * math.MaxInt16)
			if i%4 < 2 {
				v = -v
			}
			s.PCM = binary.LittleEndian.AppendUint16(s.PCM, uint16(v))
		}
	}
	return s
}

func TestSoundKeepsThroughWAV(t *testing.T) {
	for _, s := range []*Sound{tone(22050, 1, 0.5, 0.1), tone(48000, 2, 1, 0), {Rate: 8000, Channels: 1}} {
		got, err := ParseWAV(s.WAV())
		if err != nil || got.Rate != s.Rate || got.Channels != s.Channels || !bytes.Equal(got.PCM, s.PCM) {
			t.Errorf("%d Hz: %v", s.Rate, err)
		}
	}
}

func TestLoudness(t *testing.T) {
	s := tone(16000, 2, 0.5, 0, 0.02512)
	s.PCM = s.PCM[:len(s.PCM)-len(s.PCM)/6] // half of the last step
	if s.Length() != 125*time.Millisecond {
		t.Errorf("it lasts %s", s.Length())
	}
	got := s.Loudness()
	want := []float64{1, 0, 0.5} // -32 dB are half of the way
	if len(got) != len(want) {
		t.Fatalf("%v", got)
	}
	for i := range want {
		if math.Abs(got[i]-want[i]) > 0.001 {
			t.Errorf("step %d is %v loud, not %v", i, got[i], want[i])
		}
	}
}

func TestParseWAV(t *testing.T) {
	good := tone(8000, 1, 0.5).WAV()
	change := func(at int, v ...byte) []byte {
		b := bytes.Clone(good)
		copy(b[at:], v)
		return b
	}
	for _, c := range []struct {
		what   string
		file   []byte
		frames int // -1: refused
	}{
		{"as it is", good, 400},
		{"sizes of a program that writes to a pipe", change(40, 0, 0xf0, 0xff, 0x7f), 400},
		{"cut within a sample", good[:len(good)-3], 398},
		{"a chunk before, of odd size", append(append(bytes.Clone(good[:12]), "LIST\x03\x00\x00\x00abc\x00"...), good[12:]...), 400},
		{"nothing", nil, -1},
		{"no samples", good[:36], -1},
		{"another format", change(20, 3), -1},
		{"8 bits", change(34, 8), -1},
		{"no channels", change(22, 0), -1},
		{"no rate", change(24, 0, 0), -1},
		{"samples first", change(12, 'd', 'a', 't', 'a'), -1},
	} {
		s, err := ParseWAV(c.file)
		if frames := -1; err == nil {
			if frames = len(s.PCM) / sampleSize; frames != c.frames {
				t.Errorf("%s: %d frames", c.what, frames)
			}
		} else if c.frames >= 0 {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func FuzzParseWAV(f *testing.F) {
	f.Add(tone(8000, 2, 0.5).WAV())
	f.Fuzz(func(t *testing.T, file []byte) {
		s, err := ParseWAV(file)
		if err != nil {
			return
		}
		again, err := ParseWAV(s.WAV())
		if err != nil || !bytes.Equal(again.PCM, s.PCM) || s.Length() < 0 {
			t.Fatalf("%v", err)
		}
		for _, l := range s.Loudness() {
			if !(l >= 0 && l <= 1) {
				t.Fatalf("%v loud", l)
			}
		}
	})
}
