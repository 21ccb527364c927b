package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
)

func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	n := len(s)
	return (s[(n-1)/2] + s[n/2]) / 2
}

func microseconds(us float64) string { return fmt.Sprintf("%.1f µs", us) }
func milliseconds(s float64) string  { return fmt.Sprintf("%.1f ms", 1e3*s) }
func kilobytes(b float64) string     { return fmt.Sprintf("%.1f KB", b/1e3) }
func megabytes(b float64) string     { return fmt.Sprintf("%.1f MB", b/1e6) }
func rate(r float64) string          { return fmt.Sprintf("%.0f /s", r) }

// writeTable writes the rows as a table of Markdown.
func writeTable(w io.Writer, rows []row) {
	fmt.Fprintln(w, "| measured | aimbench | comparator | figure | bound | |") //nolint:errcheck // the exit code tells
	fmt.Fprintln(w, "|---|--:|--:|--:|---|---|")                               //nolint:errcheck // the same
	for _, r := range rows {
		holds := "holds"
		if r.missed {
			holds = "**missed**"
		}
		fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s |\n", r.what, r.ours, r.theirs, r.figure, r.bound, holds) //nolint:errcheck // the same
	}
}

// missed is an error that names the bounds that were missed.
func missed(rows []row) error {
	var errs []error
	for _, r := range rows {
		if r.missed {
			errs = append(errs, fmt.Errorf("missed: %s is %s, and must be %s", r.what, r.figure, r.bound))
		}
	}
	return errors.Join(errs...)
}

// The figures of the document stand between these marks.
const (
	figuresBegin = "<!-- figures: written by make bench -->\n"
	figuresEnd   = "<!-- end -->\n"
)

// document writes the figures into the file.
func document(name string, rows []row, machine string) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	before, rest, ok := strings.Cut(string(old), figuresBegin)
	_, after, ended := strings.Cut(rest, figuresEnd)
	if !ok || !ended {
		return fmt.Errorf("%s has no place for figures, between %q and %q", name, strings.TrimSpace(figuresBegin), strings.TrimSpace(figuresEnd))
	}
	var b strings.Builder
	b.WriteString(before + figuresBegin + "\n")
	writeTable(&b, rows)
	b.WriteString("\nOn " + machine + ".\n\n" + figuresEnd + after)
	return os.WriteFile(name, []byte(b.String()), 0o644) //nolint:gosec // a document
}

// thisMachine describes where the figures come from.
func thisMachine() string {
	processor := valueIn("/proc/cpuinfo", "model name")
	if processor == "" {
		processor = runtime.GOARCH
	}
	text := fmt.Sprintf("%s, %d processors", processor, runtime.NumCPU())
	if kilobytes := strings.Fields(valueIn("/proc/meminfo", "MemTotal")); len(kilobytes) == 2 {
		text += ", " + kilobytes[0] + " kB of memory"
	}
	if kernel, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		text += ", " + runtime.GOOS + " " + strings.TrimSpace(string(kernel))
	}
	return text + ", " + runtime.Version()
}

// valueIn is the first value of a name in a file of lines "name: value".
func valueIn(file, name string) string {
	f, err := os.Open(file) //nolint:gosec // of the kernel
	if err != nil {
		return ""
	}
	defer f.Close() //nolint:errcheck // it was only read
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if key, value, ok := strings.Cut(lines.Text(), ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
