package audit

import (
	"reflect"
	"testing"
	"time"
)

func TestMerge(t *testing.T) {
	p := func(x float64) *float64 { return &x }
	n := func(x int64) *int64 { return &x }
	slow := Facts{
		Duration: time.Second, Scheduler: &Spread{1, 0.2, 0.3}, Cores: p(0.4), Allowed: 0.5, Throttled: p(0.9), Quota: p(0.5),
		ThrottledTime: time.Second, Descriptors: n(90), DescriptorLimit: n(100), Memory: n(5), Starved: p(0.1), Steps: 1,
	}
	wide := Facts{
		Duration: time.Minute, Scheduler: &Spread{2, 0.1, 0.4}, Cores: p(1), Allowed: 8, Throttled: p(0), Quota: p(8),
		Descriptors: n(500), DescriptorLimit: n(10000), Memory: n(7), GCShare: p(0.1), Sockets: n(3), Ports: n(9),
	}
	want := Facts{
		Duration: time.Minute, Scheduler: &Spread{3, 0.2, 0.4}, Cores: p(0.4), Allowed: 0.5, Throttled: p(0.9), Quota: p(0.5),
		ThrottledTime: time.Second, Descriptors: n(90), DescriptorLimit: n(100), Memory: n(7), Starved: p(0.1), Steps: 1,
		GCShare: p(0.1), Sockets: n(3), Ports: n(9),
	}
	for _, pair := range [][]Facts{{slow, wide}, {wide, slow}, {Facts{}, slow, wide}, {slow, wide, Facts{}}} {
		got := pair[0]
		for i := range pair[1:] {
			got.Merge(&pair[i+1])
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%+v\nwant %+v", got, want)
		}
	}
}
