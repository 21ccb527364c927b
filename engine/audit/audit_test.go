package audit

import (
	"io/fs"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func files(pairs ...string) fstest.MapFS {
	system := fstest.MapFS{}
	for i := 0; i < len(pairs); i += 2 {
		system[pairs[i]] = &fstest.MapFile{Data: []byte(pairs[i+1])}
	}
	return system
}

// changing are files that change while they are read.
type changing struct {
	mu    sync.Mutex
	files fstest.MapFS
}

func (c *changing) Open(name string) (fs.File, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.files.Open(name)
}

func (c *changing) change(name, text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files[name] = &fstest.MapFile{Data: []byte(text)}
}

// same compares what may not be known.
func same[T comparable](t *testing.T, what string, got *T, want any) {
	t.Helper()
	switch {
	case got == nil && want != nil:
		t.Errorf("%s is not known, want %v", what, want)
	case got != nil && any(*got) != want:
		t.Errorf("%s is %v, want %v", what, *got, want)
	}
}

func TestWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		machine := files(
			"proc/self/cgroup", "0::/pod/box\n",
			"proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n",
			"sys/fs/cgroup/pod/cpu.max", "50000 100000\n",
			"sys/fs/cgroup/pod/cpu.stat", "usage_usec 9\nnr_periods 100\nnr_throttled 10\nthrottled_usec 500\n",
			"sys/fs/cgroup/pod/box/cpu.max", "max 100000\n",
			"sys/fs/cgroup/pod/box/memory.max", "max\n",
			"sys/fs/cgroup/pod/memory.max", "1000000\n",
			"proc/self/stat", "4711 (a (b) c) S 1 4711 4711 0 -1 4194560 100 0 0 0 200 100 0 0 20 0 9 0 1000 0 0\n",
			"proc/stat", "cpu  100 0 100 800 0 0 0 0 0 0\n",
			"proc/self/task/1/schedstat", "5 1000000000 7\n",
			"proc/self/task/2/schedstat", "5 500000000 7\n",
			"proc/self/limits", "Limit  Soft Limit  Hard Limit  Units\nMax open files            1024                 4096                 files\n",
			"proc/self/fd/0", "", "proc/self/fd/1", "",
			"proc/sys/net/ipv4/ip_local_port_range", "32768\t60999\n",
			"proc/net/sockstat", "sockets: used 24\nTCP: inuse 3 orphan 0 tw 281 alloc 3 mem 81\n",
			"proc/net/sockstat6", "TCP6: inuse 2\n",
			"proc/self/status", "Name:\ta\nVmRSS:\t    100 kB\n",
		)
		var steps atomic.Int64
		system := &changing{files: machine}
		w := start(system, func() int { return int(steps.Load()) })
		synctest.Wait()
		system.change("proc/self/status", "VmRSS:\t    300 kB\n")
		time.Sleep(1500 * time.Millisecond) // a peak is seen though it has gone when the watch ends
		synctest.Wait()
		system.change("proc/self/status", "VmRSS:\t    200 kB\n")
		system.change("sys/fs/cgroup/pod/cpu.stat", "usage_usec 9\nnr_periods 200\nnr_throttled 48\nthrottled_usec 1000500\n")
		system.change("proc/self/stat", "4711 (a (b) c) S 1 4711 4711 0 -1 4194560 100 0 0 0 260 140 0 0 20 0 9 0 1000 0 0\n")
		system.change("proc/stat", "cpu  150 0 100 820 0 0 0 30 0 0\n")
		system.change("proc/self/task/1/schedstat", "5 2000000000 7\n")
		steps.Store(2)
		time.Sleep(500 * time.Millisecond)
		f := w.Stop()
		if f.Duration != 2*time.Second || f.Steps != 2 || f.Allowed != 0.5 || f.ThrottledTime != time.Second {
			t.Errorf("%+v", f)
		}
		same(t, "quota", f.Quota, 0.5)
		same(t, "throttled", f.Throttled, 0.38)
		same(t, "cores", f.Cores, 0.5)
		same(t, "starved", f.Starved, 0.5)
		same(t, "stolen", f.Stolen, 0.3)
		same(t, "descriptors", f.Descriptors, int64(2))
		same(t, "descriptor limit", f.DescriptorLimit, int64(1024))
		same(t, "sockets", f.Sockets, int64(286))
		same(t, "ports", f.Ports, int64(28232))
		same(t, "memory", f.Memory, int64(300<<10))
		same(t, "memory limit", f.MemoryLimit, int64(1000000))
	})
}

// Where the system tells nothing, only what the runtime knows is known.
func TestElsewhere(t *testing.T) {
	w := start(files(), nil)
	f := w.Stop()
	if f.Scheduler == nil || f.Pauses == nil || f.Allowed < 1 || f.Duration <= 0 {
		t.Errorf("the runtime's own are missing: %+v", f)
	}
	if f.Quota != nil || f.Throttled != nil || f.Cores != nil || f.Starved != nil || f.Stolen != nil || f.Descriptors != nil ||
		f.DescriptorLimit != nil || f.Sockets != nil || f.Ports != nil || f.Memory != nil || f.MemoryLimit != nil {
		t.Errorf("something is known that nobody told: %+v", f)
	}
}

// What a system wrote is read as it is, and nothing of it makes the watch fail.
func TestHere(t *testing.T) {
	w := Start(nil)
	time.Sleep(time.Millisecond)
	f := w.Stop()
	if f.Scheduler == nil || f.Duration <= 0 || f.Allowed <= 0 {
		t.Errorf("%+v", f)
	}
	if f.Descriptors != nil && *f.Descriptors < 3 {
		t.Errorf("only %d descriptors are open", *f.Descriptors)
	}
}

func TestGroups(t *testing.T) {
	const one = `31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
`
	for name, c := range map[string]struct {
		own, mounts string
		files       []string
		cpu         string
		quota       any
		memory      any
	}{
		"version 1, nested": {
			"9:memory:/a\n1:cpu,cpuacct:/a/b\n0::/\n", one, []string{
				"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n", "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n",
				"sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "20000\n", "sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n",
				"sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "30000\n", "sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n",
				"sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n",
				"sys/fs/cgroup/memory/a/memory.limit_in_bytes", "4096\n",
			}, "sys/fs/cgroup/cpu,cpuacct/a", 0.2, int64(4096),
		},
		"version 1, without limits": {
			"9:memory:/\n1:cpu,cpuacct:/\n", one, []string{
				"sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us", "-1\n", "sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us", "100000\n",
				"sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n",
			}, "", nil, nil,
		},
		"version 2, a container with its own namespace": {
			"0::/\n", "600 500 0:26 /../../pod /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			[]string{"sys/fs/cgroup/cpu.max", "150000 100000\n"}, "sys/fs/cgroup", 1.5, nil,
		},
		"version 2, a container that sees its host's names": {
			"0::/docker/abc\n", "600 500 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			[]string{"sys/fs/cgroup/cpu.max", "200000 100000\n"}, "sys/fs/cgroup", 2.0, nil,
		},
		"version 2, a name that begins like the mount's": {
			"0::/docker/abcdef\n", "600 500 0:26 /docker/abc /sys/fs/cgroup ro - cgroup2 cgroup rw\n",
			[]string{"sys/fs/cgroup/cpu.max", "200000 100000\n"}, "sys/fs/cgroup", 2.0, nil,
		},
		"a mount with a space": {
			"0::/\n", "600 500 0:26 / /my\\040groups ro - cgroup2 cgroup rw\n",
			[]string{"my groups/cpu.max", "200000 100000\n"}, "my groups", 2.0, nil,
		},
		"nothing mounted": {"0::/a\n", "", []string{"a/cpu.max", "1 1"}, "", nil, nil},
		"nonsense":        {"a\nb:c\n:::\n", "1 2 - \n - cgroup2\n", nil, "", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			machine := files(append(c.files, "proc/self/cgroup", c.own, "proc/self/mountinfo", c.mounts)...)
			g := findGroups(machine)
			if g.cpu != c.cpu {
				t.Errorf("the limit is in %q, want %q", g.cpu, c.cpu)
			}
			same(t, "quota", g.quota, c.quota)
			same(t, "memory", readMemoryLimit(machine, g.memories), c.memory)
		})
	}
}

func TestThrottling(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want *throttling
	}{
		"version 1": {"nr_periods 50\nnr_throttled 20\nthrottled_time 1500000000\nnr_bursts 0\n", &throttling{50, 20, 1500 * time.Millisecond}},
		"version 2": {"usage_usec 7\nnr_periods 50\nnr_throttled 20\nthrottled_usec 1500000\n", &throttling{50, 20, 1500 * time.Millisecond}},
		"the root":  {"usage_usec 7\nuser_usec 5\nsystem_usec 2\n", nil},
		"nonsense":  {"nr_periods x\nnr_periods\n\n", nil},
	} {
		got := parseThrottling(c.text)
		if (got == nil) != (c.want == nil) || got != nil && *got != *c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestParsers(t *testing.T) {
	for _, text := range []string{"", "\n", "x", "cpu", "cpu a b c d e f g h i j\n", "1 (a) S", "Max open files unlimited", "TCP: inuse\n", "VmRSS:", "max", "-1 -1 0", "a b"} {
		if parseProcessTime(text) != nil || parseMachineTime(text) != nil || parseDescriptorLimit(text) != nil || parseSockets(text) != nil ||
			parseResident(text) != nil || parseCPUMax(text) != nil || parsePorts(text) != nil || parseThrottling(text) != nil {
			t.Errorf("%q tells something", text)
		}
	}
}
