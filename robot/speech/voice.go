package speech

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Voice makes a sound of a sentence.
type Voice interface {
	// Name is the voice as a user knows it, such as "espeak-ng (en)".
	Name() string
	// Synthesise makes the sound. The error is an *Error.
	Synthesise(ctx context.Context, sentence string) (*Sound, error)
}

// Options choose a voice. The zero value takes espeak-ng's own.
type Options struct {
	// Program is espeak-ng or piper, or a path to either; empty is piper where Voice is a model of its, else espeak-ng.
	Program string
	// Voice is espeak-ng's name of a voice, such as "en-gb", or the path to a model of Piper's, which ends in ".onnx".
	Voice string
	// Speed is in words a minute, 80 to 450; 0 is 175, the speed at which both speak by themselves.
	Speed int
}

const (
	usualSpeed         = 175
	minSpeed, maxSpeed = 80, 450

	synthesisTimeout = 20 * time.Second
	maxSound         = 16 << 20 // bytes: six minutes of a voice at 22 kHz
	maxComplaint     = 300      // bytes of what a program says of its failure
)

// program is a voice that is a program: it reads a sentence and writes a WAV file.
type program struct {
	path, name, voice string
	args              []string
	timeout           time.Duration // for one sentence
}

// Find looks for a voice, and has it say a word to know that it can. The error is an *Error.
func Find(ctx context.Context, o Options) (Voice, error) {
	piper := strings.HasSuffix(o.Voice, ".onnx")
	name := o.Program
	if name == "" {
		name = "espeak-ng"
		if piper {
			name = "piper"
		}
	}
	failed := func(class Class, err error, hint string) error {
		return &Error{Class: class, Doing: "looking for a voice", Message: err.Error(), Hint: hint, Err: err}
	}
	if speed := o.Speed; speed != 0 && (speed < minSpeed || speed > maxSpeed) {
		return nil, failed(Program, fmt.Errorf("a speed of %d words a minute is not within %d to %d", speed, minSpeed, maxSpeed), "")
	}
	if base := filepath.Base(name); strings.HasPrefix(base, "piper") != piper {
		return nil, failed(Program, fmt.Errorf("%s does not have the voice %q", base, o.Voice),
			"Piper takes the path to a model, which ends in .onnx; espeak-ng takes a name, as espeak-ng --voices lists them.")
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return nil, failed(NoProgram, fmt.Errorf("%s is not installed", name), "Install espeak-ng (apt-get install espeak-ng), or name another program.")
	}
	p := &program{path: path, name: filepath.Base(name), voice: o.Voice, timeout: synthesisTimeout}
	if piper {
		p.args = piperArgs(o)
	} else {
		p.args = espeakArgs(o)
	}
	if _, err := p.Synthesise(ctx, "Yes."); err != nil {
		return nil, err
	}
	return p, nil
}

// espeakArgs are those of espeak-ng 1.51: it reads UTF-8 from its input, and writes a WAV file whose header does not know
// the size.
func espeakArgs(o Options) []string {
	args := []string{"--stdin", "--stdout", "-b", "1"}
	if o.Speed != 0 {
		args = append(args, "-s", strconv.Itoa(o.Speed))
	}
	if o.Voice != "" {
		args = append(args, "-v", o.Voice)
	}
	return args
}

// piperArgs are those of Piper 1, in the spelling that its earlier form in C++ knows as well.
func piperArgs(o Options) []string {
	args := []string{"--model", o.Voice, "--output_file", "-"}
	if o.Speed != 0 {
		args = append(args, "--length_scale", strconv.FormatFloat(usualSpeed/float64(o.Speed), 'f', 3, 64))
	}
	return args
}

func (p *program) Name() string {
	if p.voice == "" {
		return p.name
	}
	return fmt.Sprintf("%s (%s)", p.name, strings.TrimSuffix(filepath.Base(p.voice), ".onnx"))
}

// Synthesise runs the program once. The sentence goes to its input, so that it is never an argument.
func (p *program) Synthesise(ctx context.Context, sentence string) (*Sound, error) {
	limited, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	cmd := exec.CommandContext(limited, p.path, p.args...)
	cmd.WaitDelay = time.Second                                                                            // for a child of its own that holds the output open
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AIM_") }) // keys are not its affair
	cmd.Stdin = strings.NewReader(sentence + "\n")
	out, complaint := &bounded{max: maxSound}, &bounded{max: maxComplaint, rest: true}
	cmd.Stdout, cmd.Stderr = out, complaint
	err := cmd.Run()
	failed := func(class Class, message, hint string) error {
		return &Error{Class: class, Doing: "speaking with " + p.name, Message: message, Hint: hint, Err: errors.Join(context.Cause(ctx), err)}
	}
	switch {
	case ctx.Err() != nil:
		return nil, failed(Timeout, "it was given up", "")
	case limited.Err() != nil:
		return nil, failed(Timeout, fmt.Sprintf("a sentence took longer than %s", p.timeout), "Try another voice, or espeak-ng, which is quick.")
	case out.full:
		return nil, failed(BadSound, fmt.Sprintf("a sentence gave more than %d MiB", maxSound>>20), "")
	case err != nil:
		return nil, failed(Program, strings.TrimSpace(err.Error()+": "+printable(string(complaint.taken))), p.hint())
	}
	sound, err := ParseWAV(out.taken)
	if err != nil {
		return nil, failed(BadSound, "what it wrote is no sound: "+err.Error(), p.hint())
	}
	return sound, nil
}

func (p *program) hint() string {
	if strings.HasPrefix(p.name, "piper") {
		return "Does the model exist, with its .onnx.json beside it?"
	}
	return "The voices it has: espeak-ng --voices"
}

// bounded takes bytes up to a size. Beyond, it fails, or drops the rest.
type bounded struct {
	taken []byte
	max   int
	rest  bool
	full  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	room := min(b.max-len(b.taken), len(p))
	b.taken = append(b.taken, p[:room]...)
	if b.full = b.full || room < len(p); b.full && !b.rest {
		return room, errors.New("too much")
	}
	return len(p), nil
}

// printable puts what a program said on one line.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, " "))
	return strings.Join(strings.Fields(text), " ")
}
