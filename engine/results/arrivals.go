package results

import "aimbench/engine/event"

func packArrivals(requests []event.Request) [][]int64 {
	packed := make([][]int64, len(requests))
	for i := range requests {
		before := event.Instant(0)
		packed[i] = make([]int64, 0, len(requests[i].Arrivals))
		for _, a := range requests[i].Arrivals {
			packed[i] = append(packed[i], int64(a-before))
			before = a
		}
	}
	return packed
}

// unpackArrivals gives the requests their instants back. Lists beyond the number of requests are ignored.
func unpackArrivals(packed [][]int64, requests []event.Request) {
	for i := range min(len(packed), len(requests)) {
		at := event.Instant(0)
		for _, gap := range packed[i] {
			at += event.Instant(gap)
			requests[i].Arrivals = append(requests[i].Arrivals, at)
		}
	}
}
