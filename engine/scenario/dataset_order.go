package scenario

import "math/bits"

// shuffled is where the i-th place of n goes in an order drawn from seed: every place once, without a table of them. It
// is a Feistel network over the next power of four, walked until it comes to a place below n, which takes four rounds of
// it at most on average.
func shuffled(i, n int, seed uint64) int {
	if n < 2 {
		return i
	}
	half := (bits.Len64(uint64(n-1)) + 1) / 2
	mask := uint64(1)<<half - 1
	x := uint64(i)
	for {
		left, right := x>>half, x&mask
		for round := range uint64(4) {
			left, right = right, left^mix(mix(seed, round), right)&mask
		}
		if x = left<<half | right; x < uint64(n) {
			return int(x)
		}
	}
}
