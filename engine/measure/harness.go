package measure

import (
	"fmt"
	"math"

	"aimbench/engine/audit"
)

// From where on what was seen of the harness is said to have slowed it.
const (
	mostThrottled = 0.01  // of the periods
	mostBusy      = 0.85  // of the processors that it may use
	mostStarved   = 0.25  // threads that are ready and have no processor
	mostStolen    = 0.05  // of the machine's time
	mostCollected = 0.25  // of the processors' time, which the collector aims at for itself
	mostFull      = 0.9   // of descriptors, ports or memory
	mostWaited    = 0.005 // seconds: of pauses and of the scheduler's latency, p99
)

// finding is something that was seen of the harness, with what it means where it is too much.
type finding struct {
	row       AuditRow
	cause, do string
}

const (
	fewer   = "use fewer streams"
	orFewer = ", or use fewer streams"
)

// causeOf names the likeliest cause of what made a run invalid, and what to do about it. unable says that turns could
// not be sent for want of something.
func causeOf(f *audit.Facts, unable bool) (cause, do string) {
	findings := findingsOf(f)
	if unable {
		findings = append(roomOf(f), findings...)
	}
	for _, one := range findings {
		if !one.row.OK && one.cause != "" {
			return one.cause, one.do
		}
	}
	return "none of what was watched explains it", fewer
}

// rowsOf tells what was watched.
func rowsOf(f *audit.Facts) []AuditRow {
	var rows []AuditRow
	for _, one := range findingsOf(f) {
		rows = append(rows, one.row)
	}
	if f.Steps > 0 {
		rows = append(rows, told("wall clock steps", float64(f.Steps), "count", "they changed no duration"))
	}
	return rows
}

// findingsOf lists what is known, the likeliest causes first.
func findingsOf(f *audit.Facts) []finding {
	var list []finding
	add := func(known bool, found func() finding) {
		if known {
			list = append(list, found())
		}
	}
	add(f.Throttled != nil && f.Quota != nil, func() finding { return throttled(*f.Throttled, *f.Quota) })
	add(f.Cores != nil && f.Allowed > 0, func() finding {
		return finding{atMost("processors busy", *f.Cores, "cores", mostBusy*f.Allowed, fmt.Sprintf("of %s that may be used", cores(f.Allowed))),
			fmt.Sprintf("%.2g of %s were busy on average", *f.Cores, cores(f.Allowed)), "use a machine with more cores" + orFewer}
	})
	add(f.Starved != nil, func() finding {
		return finding{atMost("threads without a processor", *f.Starved, "count", mostStarved, "ready to run, on average"),
			fmt.Sprintf("other processes held the processors: on average %.2g threads were ready to run and had none", *f.Starved),
			"leave this machine to aimbench" + orFewer}
	})
	add(f.Stolen != nil, func() finding {
		return finding{atMost("stolen time", *f.Stolen, Share, mostStolen, "given to other machines by the hypervisor"),
			fmt.Sprintf("the hypervisor gave %.3g %% of the machine's time to others", 100**f.Stolen), "use a machine of its own" + orFewer}
	})
	add(f.GCShare != nil, func() finding {
		return finding{atMost("garbage collection", *f.GCShare, Share, mostCollected, "of the processors' time"),
			fmt.Sprintf("%.3g %% of the processors' time went into collecting garbage", 100**f.GCShare), "set GOGC=400 where there is memory" + orFewer}
	})
	add(f.Pauses != nil && f.Pauses.Count > 0, func() finding {
		return finding{atMost("collector's pauses p99", f.Pauses.P99, "seconds", mostWaited, "when everything stood still"),
			fmt.Sprintf("the garbage collector stopped everything for up to %s", inTime(f.Pauses.Max)), fewer}
	})
	add(f.Scheduler != nil && f.Scheduler.Count > 0, func() finding {
		return finding{atMost("scheduler latency p99", f.Scheduler.P99, "seconds", mostWaited, "from ready to run until running"),
			fmt.Sprintf("what was ready to run waited %s for a processor (p99)", inTime(f.Scheduler.P99)), fewer}
	})
	return append(list, roomOf(f)...)
}

func throttled(share, quota float64) finding {
	return finding{
		atMost("throttled", share, Share, mostThrottled, fmt.Sprintf("periods in which a CPU limit of %s stopped it", cores(quota))),
		fmt.Sprintf("throttled in %.3g %% of its periods by a CPU limit of %s", 100*share, cores(quota)),
		fmt.Sprintf("raise the limit to about %s", cores(enough(share, quota))) + orFewer,
	}
}

// enough is about how many cores would do: of what is stopped in part of the periods, it is known only that it wants
// more, so that a share near 1 gives four times the limit.
func enough(share, quota float64) float64 {
	want := quota / (1 - min(share, 0.75))
	if want < 1 {
		return math.Ceil(10*want) / 10
	}
	return math.Ceil(want)
}

// roomOf lists what may be used up.
func roomOf(f *audit.Facts) []finding {
	var list []finding
	add := func(name string, used, limit *int64, about, cause, do string) {
		if used == nil {
			return
		}
		row := told(name, float64(*used), "count", about)
		if limit != nil && *limit > 0 {
			row = atMost(name, float64(*used), "count", math.Floor(mostFull*float64(*limit)), about)
			cause = fmt.Sprintf(cause, Thousands(int(*used)), Thousands(int(*limit)))
		}
		list = append(list, finding{row, cause, do})
	}
	add("descriptors", f.Descriptors, f.DescriptorLimit, "open at once", "%s of %s file descriptors were open", "raise the limit (ulimit -n)"+orFewer)
	add("TCP sockets", f.Sockets, f.Ports, "of the machine, against its ports for outgoing connections",
		"%s TCP sockets with %s ports for outgoing connections", "widen net.ipv4.ip_local_port_range"+orFewer)
	if f.Memory != nil && f.MemoryLimit != nil && *f.MemoryLimit > 0 {
		used := float64(*f.Memory) / float64(*f.MemoryLimit)
		list = append(list, finding{
			atMost("memory", used, Share, mostFull, "of the limit"),
			fmt.Sprintf("%.3g %% of the memory limit was in use", 100*used), "raise the memory limit" + orFewer,
		})
	}
	return list
}

// cores writes a number of processors for people.
func cores(n float64) string {
	if n == 1 {
		return "1 core"
	}
	return fmt.Sprintf("%.3g cores", n)
}
