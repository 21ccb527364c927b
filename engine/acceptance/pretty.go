package acceptance

import (
	"bytes"
	"io"
	"regexp"
)

// plain leaves out of what godog writes where in Go the code of each step stands: it is the same for all of ours.
type plain struct {
	out  io.Writer
	line []byte // that has not ended yet
}

var places = regexp.MustCompile(` +(?:\x1b\[[0-9;]*m)*# acceptance\.go:\d+ -> [^\x1b\n]*(?:\x1b\[[0-9;]*m)*\n`)

// Write makes it an io.Writer.
func (p *plain) Write(text []byte) (int, error) {
	p.line = append(p.line, text...)
	end := bytes.LastIndexByte(p.line, '\n') + 1
	_, err := p.out.Write(places.ReplaceAll(p.line[:end], []byte("\n")))
	p.line = append(p.line[:0], p.line[end:]...)
	return len(text), err
}

// Close writes what is left.
func (p *plain) Close() error {
	_, err := p.out.Write(p.line)
	return err
}
