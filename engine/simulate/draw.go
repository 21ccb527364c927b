package simulate

import "time"

// A site tells draws of one request apart.
type site uint64

const (
	siteTTFT site = iota + 1
	siteITL
	sitePrefill
	siteTokens
	siteFault
	siteID
)

// seed mixes what a draw belongs to, so that it is the same in every run and unlike its neighbours.
func (s *Server) seed(number uint64, at site, index int) uint64 {
	h := mix(uint64(s.config.Seed))
	h = mix(h ^ number)
	h = mix(h ^ uint64(at))
	return mix(h ^ uint64(index))
}

// mix is one step of splitmix64: every bit of x reaches every bit of the result.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// share turns a seed into a number in [0, 1).
func share(seed uint64) float64 { return float64(seed>>11) / (1 << 53) }

// duration draws; a nil draw is 0.
func (s *Server) duration(draw func(uint64) time.Duration, number uint64, at site, index int) time.Duration {
	if draw == nil {
		return 0
	}
	return max(0, draw(s.seed(number, at, index)))
}
