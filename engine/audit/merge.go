package audit

// Merge takes, of each fact, what speaks more against the harness: so several watches become one, as of the parts of a
// run that ran in processes of their own.
func (f *Facts) Merge(o *Facts) {
	f.Duration = max(f.Duration, o.Duration)
	f.Scheduler, f.Pauses = worse(f.Scheduler, o.Scheduler), worse(f.Pauses, o.Pauses)
	f.GCShare, f.Starved, f.Stolen = larger(f.GCShare, o.GCShare), larger(f.Starved, o.Starved), larger(f.Stolen, o.Stolen)
	if f.Cores == nil || o.Cores != nil && *o.Cores*f.Allowed > *f.Cores*o.Allowed {
		f.Cores, f.Allowed = o.Cores, o.Allowed
	}
	if f.Throttled == nil || o.Throttled != nil && *o.Throttled > *f.Throttled {
		f.Throttled, f.ThrottledTime, f.Quota = o.Throttled, o.ThrottledTime, o.Quota
	}
	f.Descriptors, f.DescriptorLimit = fuller(f.Descriptors, f.DescriptorLimit, o.Descriptors, o.DescriptorLimit)
	f.Sockets, f.Ports = fuller(f.Sockets, f.Ports, o.Sockets, o.Ports)
	f.Memory, f.MemoryLimit = fuller(f.Memory, f.MemoryLimit, o.Memory, o.MemoryLimit)
	f.Steps = max(f.Steps, o.Steps)
}

func larger(a, b *float64) *float64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

func worse(a, b *Spread) *Spread {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	}
	return &Spread{Count: a.Count + b.Count, P99: max(a.P99, b.P99), Max: max(a.Max, b.Max)}
}

// fuller is the one of two uses that leaves the smaller part of its limit; without a limit, the larger.
func fuller(used, limit, used2, limit2 *int64) (u, l *int64) {
	fill := func(used, limit *int64) float64 {
		switch {
		case used == nil:
			return -1
		case limit == nil || *limit == 0:
			return 0
		}
		return float64(*used) / float64(*limit)
	}
	a, b := fill(used, limit), fill(used2, limit2)
	if b > a || a == 0 && b == 0 && *used2 > *used {
		return used2, limit2
	}
	return used, limit
}
