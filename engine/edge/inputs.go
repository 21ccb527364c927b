package edge

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// mostInputs is how many lines the history of inputs keeps.
const mostInputs = 1000

// inputs are the lines that were typed, the oldest first, also in talks before this one. They are kept in a file that
// nobody else may read: one JSON text a line, so that an input may have several lines.
type inputs struct {
	path  string // empty is no file
	lines []string
	at    int    // the line that is shown; len(lines) is the draft
	draft string // what was typed before the history was gone through
}

// inputsPath is where the history is kept: in XDG_STATE_HOME, else below the home directory; empty where there is neither.
func inputsPath(getenv func(string) (string, bool)) string {
	if dir, ok := getenv("XDG_STATE_HOME"); ok && filepath.IsAbs(dir) {
		return filepath.Join(dir, "aimbench", "edge_history")
	}
	if home, ok := getenv("HOME"); ok && filepath.IsAbs(home) {
		return filepath.Join(home, ".local", "state", "aimbench", "edge_history")
	}
	return ""
}

// readInputs reads the history. A line that is broken is passed over. The error says why the history is not kept.
func readInputs(path string) (*inputs, error) {
	h := &inputs{path: path}
	if path == "" {
		return h, nil
	}
	file, err := os.Open(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return h, nil
	case err != nil:
		h.path = ""
		return h, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	r := bufio.NewScanner(file)
	r.Buffer(nil, mostLine)
	for r.Scan() {
		var line string
		if json.Unmarshal(r.Bytes(), &line) == nil && line != "" {
			h.lines = append(h.lines, line)
		}
	}
	if n := len(h.lines); n > mostInputs {
		h.lines = append([]string(nil), h.lines[n-mostInputs:]...)
		if n > 2*mostInputs {
			err = h.rewrite()
		}
	}
	h.at = len(h.lines)
	return h, err
}

// rewrite makes the file as long as the history.
func (h *inputs) rewrite() error {
	var b strings.Builder
	for _, line := range h.lines {
		text, err := json.Marshal(line)
		if err != nil {
			return err
		}
		b.Write(append(text, '\n'))
	}
	return os.WriteFile(h.path, []byte(b.String()), 0o600)
}

// add keeps a line, unless it is the one before again. After an error there is no file any more.
func (h *inputs) add(line string) error {
	n := len(h.lines)
	again := n > 0 && h.lines[n-1] == line
	if !again {
		h.lines = append(h.lines, line)
	}
	h.leave()
	if h.path == "" || again {
		return nil
	}
	err := h.write(line)
	if err != nil {
		h.path = ""
	}
	return err
}

func (h *inputs) write(line string) error {
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if err := file.Chmod(0o600); err != nil { // one that was there may have been open to others
		return errors.Join(err, file.Close())
	}
	text, err := json.Marshal(line)
	if err == nil {
		_, err = file.Write(append(text, '\n'))
	}
	return errors.Join(err, file.Close())
}

// older and newer go through the history from the line that is shown; false where there is no further one.
func (h *inputs) older(shown string) (string, bool) {
	if h.at == 0 {
		return "", false
	}
	if h.at == len(h.lines) {
		h.draft = shown
	}
	h.at--
	return h.lines[h.at], true
}

func (h *inputs) newer() (string, bool) {
	if h.at >= len(h.lines) {
		return "", false
	}
	if h.at++; h.at == len(h.lines) {
		return h.draft, true
	}
	return h.lines[h.at], true
}

// leave goes back to an empty draft.
func (h *inputs) leave() { h.at, h.draft = len(h.lines), "" }

// search finds the next older line that has the draft in it; false where there is none. A line of the history that was
// changed since it was shown is a draft of its own.
func (h *inputs) search(shown string) (string, bool) {
	if h.at == len(h.lines) || shown != h.lines[h.at] {
		h.at, h.draft = len(h.lines), shown
	}
	for i := h.at - 1; i >= 0; i-- {
		if strings.Contains(h.lines[i], h.draft) {
			h.at = i
			return h.lines[i], true
		}
	}
	return "", false
}
