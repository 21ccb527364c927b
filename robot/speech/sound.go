package speech

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// LoudnessStep is how much of a sound each value of its loudness stands for.
const LoudnessStep = 50 * time.Millisecond

const (
	sampleSize = 2 // bytes
	headerSize = 44
)

// Sound is PCM of 16 bits, signed, little-endian, its channels interleaved.
type Sound struct {
	Rate     int // frames a second
	Channels int
	PCM      []byte
}

// ParseWAV reads a WAV file of 16 bits. The sizes in its header may be larger than what follows, for a program that
// writes to a pipe cannot know them.
//
// The format: Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991.
func ParseWAV(b []byte) (*Sound, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, errors.New("it does not begin as a WAV file does")
	}
	var s Sound
	for b = b[12:]; len(b) >= 8; {
		id, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:]))
		body := b[8:]
		chunk := body[:min(size, int64(len(body)))]
		switch id {
		case "fmt ":
			if err := s.format(chunk); err != nil {
				return nil, err
			}
		case "data":
			if s.Rate == 0 {
				return nil, errors.New("its samples come before their format")
			}
			s.PCM = chunk[:len(chunk)/(sampleSize*s.Channels)*(sampleSize*s.Channels)]
			return &s, nil
		}
		b = body[min(size+size%2, int64(len(body))):] // chunks begin at even places
	}
	return nil, errors.New("it has no samples")
}

func (s *Sound) format(chunk []byte) error {
	if len(chunk) < 16 {
		return errors.New("its format is cut short")
	}
	kind, bits := binary.LittleEndian.Uint16(chunk), binary.LittleEndian.Uint16(chunk[14:])
	channels, rate := int(binary.LittleEndian.Uint16(chunk[2:])), int(binary.LittleEndian.Uint32(chunk[4:]))
	const pcm, extensible = 1, 0xfffe
	if kind != pcm && kind != extensible || bits != 8*sampleSize {
		return fmt.Errorf("it has samples of kind %d and %d bits; PCM of 16 bits is read", kind, bits)
	}
	if channels < 1 || channels > 8 || rate < 4000 || rate > 192000 {
		return fmt.Errorf("it has %d channels at %d Hz; 1 to 8 at 4 to 192 kHz are read", channels, rate)
	}
	s.Channels, s.Rate = channels, rate
	return nil
}

// WAV is the sound as a file, with true sizes in its header.
func (s *Sound) WAV() []byte {
	var b bytes.Buffer
	b.Grow(headerSize + len(s.PCM))
	frame := s.Channels * sampleSize
	b.WriteString("RIFF")
	fields := []any{
		uint32(headerSize - 8 + len(s.PCM)), []byte("WAVEfmt "), uint32(16), uint16(1), uint16(s.Channels), uint32(s.Rate),
		uint32(s.Rate * frame), uint16(frame), uint16(8 * sampleSize), []byte("data"), uint32(len(s.PCM)), s.PCM,
	}
	for _, f := range fields {
		_ = binary.Write(&b, binary.LittleEndian, f) // a buffer takes all
	}
	return b.Bytes()
}

// Length is how long the sound lasts.
func (s *Sound) Length() time.Duration {
	frames := len(s.PCM) / (s.Channels * sampleSize)
	return time.Duration(frames) * time.Second / time.Duration(s.Rate)
}

// The level of a voice, in decibels of full scale: from silence to as loud as speech gets, as the maker's own conversation
// app has it.
const quietest, loudest = -46, -18

// Loudness is how loud each LoudnessStep is, from 0 (silence) to 1 (as loud as speech gets), linear in decibels.
func (s *Sound) Loudness() []float64 {
	step := max(1, int(int64(s.Rate)*int64(LoudnessStep)/int64(time.Second))) * s.Channels * sampleSize
	loudness := make([]float64, 0, len(s.PCM)/step+1)
	for rest := s.PCM; len(rest) > 0; rest = rest[min(step, len(rest)):] {
		level := 20 * math.Log10(rms(rest[:min(step, len(rest))])) // -Inf where all is 0
		loudness = append(loudness, max(0, min(1, (level-quietest)/(loudest-quietest))))
	}
	return loudness
}

// rms is the root mean square of samples, 0 to 1.
func rms(pcm []byte) float64 {
	sum := 0.0
	for i := 0; i+1 < len(pcm); i += sampleSize {
		v := float64(int16(binary.LittleEndian.Uint16(pcm[i:]))) / -math.MinInt16
		sum += v * v
	}
	return math.Sqrt(sum * sampleSize / float64(len(pcm)))
}
