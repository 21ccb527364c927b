package main

import (
	"runtime/debug"
	"testing"
)

func TestGarbagePercent(t *testing.T) {
	for live, want := range map[uint64]int{0: 150, 1 << 20: 150, 16 << 20: 100, 32 << 20: 50, 64 << 20: 25, 1 << 40: 15} {
		if got := garbagePercent(live); got != want {
			t.Errorf("%d bytes: %d %%, want %d", live, got, want)
		}
	}
}

func TestTendHeap(t *testing.T) {
	before := debug.SetGCPercent(120)
	defer debug.SetGCPercent(before)
	for gogc, want := range map[string]int{"": mostGarbage, "150": 120} {
		t.Setenv("GOGC", gogc)
		stop := tendHeap()
		if got := debug.SetGCPercent(120); got != want {
			t.Errorf("GOGC=%q: %d %%, want %d", gogc, got, want)
		}
		stop()
		if got := debug.SetGCPercent(120); got != 120 {
			t.Errorf("GOGC=%q: %d %% afterwards", gogc, got)
		}
	}
}
