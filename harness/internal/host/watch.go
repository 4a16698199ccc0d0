package host

import (
	"os"
	"slices"
	"time"

	"github.com/assay-bench/assay/results"
)

// shortestWatch is the shortest time for which shares are reported. The counters
// tick a hundred times a second, and one tick must not look like a busy machine.
const shortestWatch = 500 * time.Millisecond

// Watch records what the machine does between two moments.
type Watch struct {
	cpus    []int // those in use; empty for all
	begin   time.Time
	counter counters
	quota   quota
}

// counters are CPU seconds since boot, added up over the CPUs in use. ok is false if
// they cannot be read.
type counters struct {
	idle, steal, softirq float64
	apart                float64 // interrupts that are not in the time of any process
	self                 float64 // this process
	ok                   bool

	throttled float64 // waited for the CPU quota
	quotaSeen bool    // throttled could be read
}

// Begin starts to watch the CPUs of a placement, or those that this process may use
// if nothing is placed.
func Begin(p Placement) Watch {
	cpus := slices.Concat(p.Server, p.Generator)
	if len(cpus) == 0 {
		cpus = usableCPUs()
	}
	w := Watch{cpus: cpus, begin: time.Now(), quota: findQuota()}
	w.counter = w.read()
	return w
}

// read reads the counters of the system as they are now.
func (w Watch) read() counters {
	c := readCounters(w.cpus)
	c.throttled, c.quotaSeen = w.quota.throttled()
	return c
}

// Busiest names the programs that used most of the watched CPUs since an earlier reading,
// without this process, what it started, and the processes of servers that it did not
// start.
func (w Watch) Busiest(since Programs, servers ...int) []results.Program {
	return ReadPrograms().since(since, append(servers, os.Getpid()), w.cpus)
}

// End returns what happened since Begin. server is the CPU time that the servers
// used meanwhile, in seconds, or a negative number if it is unknown.
func (w Watch) End(server float64, procs int) results.HostWatch {
	now := time.Now()
	elapsed := now.Sub(w.begin).Seconds()
	h := results.HostWatch{GeneratorProc: procs}
	c := w.read()
	if elapsed >= shortestWatch.Seconds() && c.quotaSeen && w.counter.quotaSeen {
		throttled := (c.throttled - w.counter.throttled) / elapsed
		h.Throttled = &throttled
	}
	if !c.ok || !w.counter.ok || elapsed < shortestWatch.Seconds() {
		return h
	}
	share := func(v float64) *float64 {
		v /= elapsed
		return &v
	}
	self := c.self - w.counter.self
	h.Steal = share(c.steal - w.counter.steal)
	h.SoftIRQ = share(c.softirq - w.counter.softirq)
	h.Generator = share(self)
	if server >= 0 {
		// left is what remains of all CPU time. It starts from idle time, which is
		// exact; the columns of busy time are guessed from what runs at a tick.
		left := float64(len(w.cpus))*elapsed - (c.idle - w.counter.idle) - (c.steal - w.counter.steal) - (c.apart - w.counter.apart)
		h.Foreign = share(left - self - server)
	}
	return h
}
