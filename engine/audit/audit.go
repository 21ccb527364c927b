// Package audit watches the process and its machine during a run and tells plainly what it saw, so that a harness that
// was itself the bottleneck can be told from a slow server. What the system does not tell is not known: nil.
package audit

import (
	"io/fs"
	"os"
	"time"
)

// Facts are what was seen between the start and the end of a watch.
type Facts struct {
	Duration time.Duration
	// Scheduler is how long goroutines that could run waited for a processor of the Go runtime.
	Scheduler *Spread
	// Pauses are those in which the garbage collector stopped the program.
	Pauses *Spread
	// GCShare is the share of the processors' time, within GOMAXPROCS, that went into collecting garbage.
	GCShare *float64
	// Cores is the mean number of processors that the process kept busy, of Allowed that it may use at once: the least of
	// GOMAXPROCS and its CPU limit.
	Cores   *float64
	Allowed float64
	// Quota is the tightest CPU limit of the process's control groups, in cores; nil where there is none.
	Quota *float64
	// Throttled is the share of the scheduler's periods in which that limit stopped the process, within [0, 1], and
	// ThrottledTime how long its processors were stopped, added up.
	Throttled     *float64
	ThrottledTime time.Duration
	// Starved is the mean number of threads that were ready to run and had no processor.
	Starved *float64
	// Stolen is the share of the machine's time that its hypervisor gave to others, within [0, 1].
	Stolen *float64
	// Descriptors is the most that were open at once, and DescriptorLimit how many may be.
	Descriptors, DescriptorLimit *int64
	// Sockets is the most TCP sockets that the machine had at once, those that wait for their port to be free included;
	// Ports is how many ports there are for outgoing connections to one address.
	Sockets, Ports *int64
	// Memory is the most that the process had resident, and MemoryLimit what its control groups allow, both in bytes.
	Memory, MemoryLimit *int64
	// Steps counts the jumps of the wall clock.
	Steps int
}

// Spread sums up durations.
type Spread struct {
	Count uint64
	// P99 and Max are the upper edges of the buckets that they fall in, in seconds.
	P99, Max float64
}

// every is how often what has a peak is looked at.
const every = time.Second

// Watch is a watch that goes on until Stop.
type Watch struct {
	files  fs.FS
	steps  func() int
	begun  time.Time
	before reading
	peaks  peaks
	groups groups
	limits limits
	stop   chan struct{}
	done   chan struct{}
}

// Start begins to watch. steps tells how often the wall clock was stepped so far; it may be nil.
func Start(steps func() int) *Watch { return start(os.DirFS("/"), steps) }

func start(files fs.FS, steps func() int) *Watch {
	if steps == nil {
		steps = func() int { return 0 }
	}
	w := &Watch{files: files, steps: steps, begun: time.Now(), stop: make(chan struct{}), done: make(chan struct{})}
	w.groups = findGroups(files)
	w.limits = readLimits(files, w.groups)
	w.before = read(files, w.groups.cpu)
	w.peaks.look(files)
	go w.watch()
	return w
}

func (w *Watch) watch() {
	defer close(w.done)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-w.stop:
			return
		case <-ticker.C:
			w.peaks.look(w.files)
			w.steps() // a clock that is stepped to and fro has been stepped twice
		}
	}
}

// Stop ends the watch and tells what it saw. It is to be called once.
func (w *Watch) Stop() Facts {
	close(w.stop)
	<-w.done
	w.peaks.look(w.files)
	f := between(w.before, read(w.files, w.groups.cpu), time.Since(w.begun))
	f.Allowed, f.Quota = w.limits.allowed, w.limits.quota
	f.Descriptors, f.DescriptorLimit = w.peaks.descriptors, w.limits.descriptors
	f.Sockets, f.Ports = w.peaks.sockets, w.limits.ports
	f.Memory, f.MemoryLimit = w.peaks.memory, w.limits.memory
	f.Steps = w.steps()
	return f
}

// reading is what is counted up from when the process, or its machine, began.
type reading struct {
	runtime   runtimeReading
	cpu       *time.Duration // processor time of the process
	waiting   *time.Duration // of its threads for a processor
	throttled *throttling
	machine   *machineTime
}

func read(files fs.FS, group string) reading {
	r := reading{runtime: readRuntime()}
	if text, ok := contents(files, "proc/self/stat"); ok {
		r.cpu = parseProcessTime(text)
	}
	r.waiting = readWaiting(files)
	if text, ok := contents(files, "proc/stat"); ok {
		r.machine = parseMachineTime(text)
	}
	if group != "" {
		if text, ok := contents(files, group+"/cpu.stat"); ok {
			r.throttled = parseThrottling(text)
		}
	}
	return r
}

// between tells what happened between two readings.
func between(a, b reading, d time.Duration) Facts {
	f := Facts{Duration: d}
	f.Scheduler = spreadBetween(a.runtime.scheduler, b.runtime.scheduler)
	f.Pauses = spreadBetween(a.runtime.pauses, b.runtime.pauses)
	f.GCShare = share(b.runtime.gcCPU-a.runtime.gcCPU, b.runtime.allCPU-a.runtime.allCPU)
	if a.cpu != nil && b.cpu != nil {
		f.Cores = share(float64(*b.cpu-*a.cpu), float64(d))
	}
	if a.waiting != nil && b.waiting != nil {
		// A thread that ended took its count with it.
		f.Starved = share(max(0, float64(*b.waiting-*a.waiting)), float64(d))
	}
	if a.machine != nil && b.machine != nil {
		f.Stolen = share(float64(b.machine.stolen-a.machine.stolen), float64(b.machine.all-a.machine.all))
	}
	if a.throttled != nil && b.throttled != nil {
		f.Throttled = share(float64(b.throttled.stopped-a.throttled.stopped), float64(b.throttled.periods-a.throttled.periods))
		f.ThrottledTime = b.throttled.time - a.throttled.time
	}
	return f
}

// share is nil where there is no whole to take a share of.
func share(part, whole float64) *float64 {
	if whole <= 0 {
		return nil
	}
	s := part / whole
	return &s
}

// peaks are the largest values that were seen.
type peaks struct{ descriptors, sockets, memory *int64 }

func (p *peaks) look(files fs.FS) {
	raise(&p.descriptors, openDescriptors(files))
	if text, ok := contents(files, "proc/net/sockstat"); ok {
		six, _ := contents(files, "proc/net/sockstat6")
		raise(&p.sockets, parseSockets(text+"\n"+six))
	}
	if text, ok := contents(files, "proc/self/status"); ok {
		raise(&p.memory, parseResident(text))
	}
}

func raise(most **int64, seen *int64) {
	if seen != nil && (*most == nil || *seen > **most) {
		*most = seen
	}
}
