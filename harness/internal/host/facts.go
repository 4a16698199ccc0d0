package host

import (
	"runtime"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/results"
)

// Facts describes the machine. A fact that cannot be read is left empty.
func Facts(p Placement) results.Host {
	h := results.Host{
		OS:            runtime.GOOS,
		Arch:          runtime.GOARCH,
		GoVersion:     runtime.Version(),
		GOMAXPROCS:    runtime.GOMAXPROCS(0),
		ServerCPUs:    p.Server,
		GeneratorCPUs: p.Generator,
	}
	facts(&h)
	return h
}

// Placement is which CPUs servers and generator run on. Both lists are empty if
// nothing is placed.
type Placement struct {
	// Server and Generator are numbers of CPUs, as the system counts them from 0.
	Server, Generator []int
}

// String says who runs where, as "server on CPU 0, generator on CPU 1,2". It is empty
// if nothing is placed.
func (p Placement) String() string {
	if len(p.Server) == 0 || len(p.Generator) == 0 {
		return ""
	}
	return "server on " + cpuList(p.Server) + ", generator on " + cpuList(p.Generator)
}

// cpuList is "CPU 0,1" for messages.
func cpuList(ids []int) string {
	var s []string
	for _, id := range ids {
		s = append(s, strconv.Itoa(id))
	}
	return "CPU " + strings.Join(s, ",")
}

// Lanes returns how many threads make the load (see package attack): one for each
// CPU of the generator, or half of the CPUs if it shares them with the servers.
func (p Placement) Lanes() int {
	if n := len(p.Generator); n > 0 {
		return n
	}
	return max(1, runtime.NumCPU()/2)
}

// spareProcs is how many threads may run Go code in addition to the lanes, each of
// which keeps a thread to itself while it waits.
const spareProcs = 2

// SetProcs sets how many threads of this process may run Go code at once: the number
// of the generator's CPUs plus spareProcs, or plus the number of streams if that is
// larger. A stream that sends request by request has a pacer, which keeps a thread
// while it sleeps. Without a placement SetProcs does nothing.
func (p Placement) SetProcs(streams int) {
	n := len(p.Generator)
	if n == 0 {
		return
	}
	n += max(spareProcs, streams)
	// Set the number even if it is n already, because only a number that was set is
	// permanent. Otherwise the runtime adapts it to the CPUs of this process within
	// seconds, in the middle of a load.
	runtime.GOMAXPROCS(n)
}

// Place divides the CPUs that this process may use: the first half is for the
// servers, the second half for the generator, which gets the smaller half. CPUs that
// share a core stay on one side if there is more than one core. With fewer than two
// CPUs nothing is placed.
func Place() Placement {
	cpus := usableCPUs()
	if len(cpus) < 2 {
		return Placement{}
	}
	return divide(cpus, coreOf)
}

// divide gives the servers the first half of the cores, and one more if their number is
// odd. core tells which CPUs share a core.
func divide(cpus []int, core func(int) int) Placement {
	var cores []int // in order of first appearance
	members := map[int][]int{}
	for _, c := range cpus {
		k := core(c)
		if _, ok := members[k]; !ok {
			cores = append(cores, k)
		}
		members[k] = append(members[k], c)
	}
	if len(cores) < 2 { // one core with siblings: better divided than shared
		half := (len(cpus) + 1) / 2
		return Placement{cpus[:half], cpus[half:]}
	}
	var p Placement
	half := (len(cores) + 1) / 2
	for i, k := range cores {
		if i < half {
			p.Server = append(p.Server, members[k]...)
		} else {
			p.Generator = append(p.Generator, members[k]...)
		}
	}
	return p
}
