package scenario

import (
	"fmt"
	"strconv"
	"strings"
)

// suggest finds the name that given was most likely meant to be; empty where none is near. The first of equals wins.
func suggest(given string, names []string) string {
	best, least := "", max(2, len(given)/3)+1
	for _, name := range names {
		if d := distance(strings.ToLower(given), strings.ToLower(name)); d < least && d < len(name) {
			best, least = name, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, change or swap with their neighbour that make b of a.
func distance(a, b string) int {
	x, y := clipped(a), clipped(b)
	before, last, row := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		before, last, row = last, row, before
		row[0] = i
		for j := 1; j <= len(y); j++ {
			change := 1
			if x[i-1] == y[j-1] {
				change = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+change)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
	}
	return row[len(y)]
}

// clipped is the start of a name, so that long ones take no long time.
func clipped(s string) []rune {
	r := []rune(s)
	return r[:min(len(r), 32)]
}

// didYouMean is the sentence that offers the nearest name, with a space before it; empty where none is near.
func didYouMean(given string, names []string) string {
	if s := suggest(given, names); s != "" {
		return fmt.Sprintf(" Did you mean %q?", s)
	}
	return ""
}

func quoted(names []string) []string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = strconv.Quote(name)
	}
	return out
}

// listed joins names as a sentence would: a, b or c.
func listed(names []string, last string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " " + last + " " + names[len(names)-1]
}
