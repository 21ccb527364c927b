package audit

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"
)

// groups are the directories of the process's control groups, without the leading slash, from its own to the outermost
// that can be seen.
type groups struct {
	cpus, memories []string
	// cpu is the one with the tightest CPU limit; empty where none has one.
	cpu   string
	quota *float64 // its limit in cores
}

// findGroups reads where the process's control groups are, of version 1 or 2.
func findGroups(files fs.FS) groups {
	own, _ := contents(files, "proc/self/cgroup")
	mounts, _ := contents(files, "proc/self/mountinfo")
	var g groups
	g.cpus = groupsOf("cpu", own, mounts)
	g.memories = groupsOf("memory", own, mounts)
	for _, dir := range g.cpus {
		if quota := readQuota(files, dir); quota != nil && (g.quota == nil || *quota < *g.quota) {
			g.cpu, g.quota = dir, quota
		}
	}
	return g
}

// groupsOf are the directories of a controller's groups, those of version 1 first, where both have it.
func groupsOf(controller, own, mounts string) []string {
	var one, two []string
	for line := range strings.Lines(own) {
		_, rest, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, ok := strings.Cut(rest, ":")
		switch {
		case !ok:
		case controllers == "":
			two = ancestors(mountOf(mounts, "cgroup2", ""), group)
		case listed(controllers, controller):
			one = ancestors(mountOf(mounts, "cgroup", controller), group)
		}
	}
	return append(one, two...)
}

func listed(list, name string) bool {
	for one := range strings.SplitSeq(list, ",") {
		if one == name {
			return true
		}
	}
	return false
}

// mount is a mounted hierarchy: the group that is to be found at its top, and where that is.
type mount struct{ root, point string }

// mountOf finds a hierarchy in mountinfo, as in proc_pid_mountinfo(5).
func mountOf(mounts, kind, controller string) mount {
	for line := range strings.Lines(mounts) {
		left, right, ok := strings.Cut(line, " - ")
		place, system := strings.Fields(left), strings.Fields(right)
		if !ok || len(place) < 5 || len(system) < 3 || system[0] != kind {
			continue
		}
		if controller == "" || listed(system[2], controller) {
			return mount{root: unescape(place[3]), point: unescape(place[4])}
		}
	}
	return mount{}
}

// unescape undoes mountinfo's octal escapes.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}

// ancestors are the directories of a group and those above it that the mount shows. Where a container's mount begins at
// the group itself, that is all.
func ancestors(m mount, group string) []string {
	if m.point == "" {
		return nil
	}
	below, ok := strings.CutPrefix(path.Clean(group), strings.TrimSuffix(m.root, "/"))
	if !ok || below != "" && below[0] != '/' {
		below = "/" // as seen from a namespace of its own
	}
	var out []string
	top := strings.TrimPrefix(path.Clean(m.point), "/")
	for dir := path.Join(top, below); ; dir = path.Dir(dir) {
		out = append(out, dir)
		if dir == top || dir == "." || dir == "/" {
			return out
		}
	}
}

// readQuota is a group's CPU limit in cores; nil where it has none.
func readQuota(files fs.FS, dir string) *float64 {
	if text, ok := contents(files, dir+"/cpu.max"); ok {
		return parseCPUMax(text)
	}
	quota, ok1 := contents(files, dir+"/cpu.cfs_quota_us")
	period, ok2 := contents(files, dir+"/cpu.cfs_period_us")
	if !ok1 || !ok2 {
		return nil
	}
	return parseCPUMax(strings.TrimSpace(quota) + " " + strings.TrimSpace(period))
}

// parseCPUMax reads "quota period", both in microseconds; without a limit the quota is "max" in version 2 and -1 in
// version 1.
func parseCPUMax(text string) *float64 {
	fields := strings.Fields(text)
	if len(fields) != 2 {
		return nil
	}
	quota, err1 := strconv.ParseFloat(fields[0], 64)
	period, err2 := strconv.ParseFloat(fields[1], 64)
	if err1 != nil || err2 != nil || quota <= 0 {
		return nil
	}
	return share(quota, period)
}

// throttling is what cpu.stat counts of a limit.
type throttling struct {
	periods, stopped int64
	time             time.Duration
}

// parseThrottling reads cpu.stat: its time is throttled_usec in version 2 and throttled_time, in nanoseconds, in version 1.
func parseThrottling(text string) *throttling {
	var t throttling
	known := false
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			continue
		}
		switch name {
		case "nr_periods":
			t.periods, known = n, true
		case "nr_throttled":
			t.stopped = n
		case "throttled_usec":
			t.time = time.Duration(n) * time.Microsecond
		case "throttled_time":
			t.time = time.Duration(n)
		}
	}
	if !known {
		return nil
	}
	return &t
}

// unlimited is what version 1 says for no limit at all: the largest multiple of a page.
const unlimited = 1 << 62

// readMemoryLimit is the tightest limit of the groups, in bytes; nil where none has one.
func readMemoryLimit(files fs.FS, dirs []string) *int64 {
	var least *int64
	for _, dir := range dirs {
		text, ok := contents(files, dir+"/memory.max")
		if !ok {
			text, _ = contents(files, dir+"/memory.limit_in_bytes")
		}
		n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
		if err == nil && n < unlimited && (least == nil || n < *least) {
			least = &n
		}
	}
	return least
}
