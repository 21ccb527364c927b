package audit

import (
	"io/fs"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// contents is the text of a file; false where it cannot be read.
func contents(files fs.FS, name string) (string, bool) {
	b, err := fs.ReadFile(files, name)
	return string(b), err == nil
}

// limits are what does not change during a run.
type limits struct {
	allowed                    float64
	quota                      *float64
	descriptors, ports, memory *int64
}

func readLimits(files fs.FS, g groups) limits {
	l := limits{allowed: float64(runtime.GOMAXPROCS(0)), quota: g.quota, memory: readMemoryLimit(files, g.memories)}
	if l.quota != nil {
		l.allowed = min(l.allowed, *l.quota)
	}
	if text, ok := contents(files, "proc/self/limits"); ok {
		l.descriptors = parseDescriptorLimit(text)
	}
	if text, ok := contents(files, "proc/sys/net/ipv4/ip_local_port_range"); ok {
		l.ports = parsePorts(text)
	}
	return l
}

// tick is the unit of the times in /proc, which is the same on every architecture that Go runs on.
const tick = 10 * time.Millisecond

// parseProcessTime reads the time in user and kernel mode from /proc/self/stat: fields 14 and 15. The second field is the
// program's name and may hold anything.
func parseProcessTime(text string) *time.Duration {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return nil
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	kernel, err2 := strconv.ParseInt(fields[12], 10, 64)
	if err1 != nil || err2 != nil {
		return nil
	}
	d := time.Duration(user+kernel) * tick
	return &d
}

// readWaiting adds up how long the threads have waited for a processor.
func readWaiting(files fs.FS) *time.Duration {
	names, err := fs.Glob(files, "proc/self/task/*/schedstat")
	if err != nil || len(names) == 0 {
		return nil
	}
	sum := time.Duration(0)
	for _, name := range names {
		text, ok := contents(files, name)
		fields := strings.Fields(text)
		if !ok || len(fields) < 2 {
			continue // the thread has ended
		}
		waited, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return nil
		}
		sum += time.Duration(waited)
	}
	return &sum
}

// machineTime is the time of all processors, in ticks.
type machineTime struct{ all, stolen int64 }

// parseMachineTime reads the first line of /proc/stat: user nice system idle iowait irq softirq steal. Time of guests is
// part of user and nice.
func parseMachineTime(text string) *machineTime {
	first, _, _ := strings.Cut(text, "\n")
	fields := strings.Fields(first)
	if len(fields) < 9 || fields[0] != "cpu" {
		return nil
	}
	var t machineTime
	for i, field := range fields[1:9] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return nil
		}
		t.all += n
		if i == 7 {
			t.stolen = n
		}
	}
	return &t
}

// openDescriptors counts the open descriptors. Since Linux 6.2, the size of the directory is their number.
func openDescriptors(files fs.FS) *int64 {
	const dir = "proc/self/fd"
	if info, err := fs.Stat(files, dir); err == nil && info.Size() > 0 {
		n := info.Size()
		return &n
	}
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return nil
	}
	n := int64(len(entries))
	return &n
}

// parseDescriptorLimit reads the soft limit from /proc/self/limits; nil where there is none.
func parseDescriptorLimit(text string) *int64 {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, "Max open files")
		if fields := strings.Fields(rest); ok && len(fields) > 0 {
			return number(fields[0])
		}
	}
	return nil
}

// parsePorts is how many ports a range has.
func parsePorts(text string) *int64 {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return nil
	}
	first, last := number(fields[0]), number(fields[1])
	if first == nil || last == nil {
		return nil
	}
	n := *last - *first + 1
	return &n
}

// parseSockets adds up the TCP sockets in use, and those that keep their port for a while, in the form of
// /proc/net/sockstat: "TCP: inuse 27 orphan 0 tw 3 alloc 30 mem 2".
func parseSockets(text string) *int64 {
	var sum *int64
	for line := range strings.Lines(text) {
		name, rest, _ := strings.Cut(line, ":")
		if name != "TCP" && name != "TCP6" {
			continue
		}
		fields := strings.Fields(rest)
		for i := 0; i+1 < len(fields); i += 2 {
			if n := number(fields[i+1]); n != nil && (fields[i] == "inuse" || fields[i] == "tw") {
				if sum == nil {
					sum = new(int64)
				}
				*sum += *n
			}
		}
	}
	return sum
}

// parseResident reads the resident memory from /proc/self/status, in bytes: "VmRSS:	   12345 kB".
func parseResident(text string) *int64 {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, "VmRSS:")
		if fields := strings.Fields(rest); ok && len(fields) > 0 {
			n := number(fields[0])
			if n != nil {
				*n *= 1024
			}
			return n
		}
	}
	return nil
}

func number(s string) *int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return nil
	}
	return &n
}
