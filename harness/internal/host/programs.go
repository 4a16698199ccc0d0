package host

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/assay-bench/assay/results"
)

// Programs is what every process of the machine had used of the CPUs at one moment. It
// has no process on systems on which this cannot be read, and only those of its own
// container inside one.
type Programs struct {
	at  time.Time
	all map[int]used // by process id
}

// used is one process and the CPU time of its life, in seconds.
type used struct {
	name    string
	parent  int
	started uint64  // in ticks since boot: an id that was given to a second process differs in it
	own     float64 // of the process itself
	ended   float64 // of its children that ended and that it waited for, with theirs
}

// mostNamed is how many programs are named, and leastNamed the CPU seconds per second
// below which a program is not worth naming.
const (
	mostNamed  = 3
	leastNamed = 0.01
)

// since names the programs that used most of the given CPUs since an earlier reading,
// the busiest first. The processes of own and all that they started are left out. Processes of
// one name are one program.
func (p Programs) since(earlier Programs, own []int, cpus []int) []results.Program {
	elapsed := p.at.Sub(earlier.at).Seconds()
	if elapsed <= 0 {
		return nil
	}
	ours := p.family(own...)
	gone := earlier.goneBy(p)
	byName := map[results.Program]*results.Program{} // by name, and whether it has ended
	add := func(pid int, name string, ended bool, seconds float64) {
		if seconds/elapsed < leastNamed || !touches(pid, cpus) {
			return
		}
		key := results.Program{Name: name, Ended: ended}
		g := byName[key]
		if g == nil {
			byName[key] = &results.Program{Name: name, PID: pid, Ended: ended, CPU: seconds / elapsed}
			return
		}
		g.Others++
		g.CPU += seconds / elapsed
	}
	// In the order of their use, so that a program goes by the id of its busiest process.
	for _, pid := range slices.SortedFunc(maps.Keys(p.all), func(a, b int) int {
		return cmp.Or(cmp.Compare(p.all[b].own, p.all[a].own), cmp.Compare(a, b))
	}) {
		if ours[pid] {
			continue
		}
		now, was := p.all[pid], earlier.same(pid, p.all[pid])
		add(pid, now.name, false, now.own-was.own)
		// What a child had used before the first reading is in the parent's sum too.
		add(pid, now.name, true, now.ended-was.ended-gone[pid])
	}
	var all []results.Program
	for _, g := range byName {
		all = append(all, *g)
	}
	slices.SortFunc(all, func(a, b results.Program) int { return cmp.Or(cmp.Compare(b.CPU, a.CPU), cmp.Compare(a.PID, b.PID)) })
	return all[:min(len(all), mostNamed)]
}

// same returns what a process had used in this reading, or nothing if it was not there.
func (p Programs) same(pid int, now used) used {
	if was, ok := p.all[pid]; ok && was.started == now.started {
		return was
	}
	return used{}
}

// goneBy adds up, by parent, what processes of this reading had used that are gone in
// the later one.
func (p Programs) goneBy(later Programs) map[int]float64 {
	gone := map[int]float64{}
	for pid, was := range p.all {
		if now, ok := later.all[pid]; !ok || now.started != was.started {
			gone[was.parent] += was.own + was.ended
		}
	}
	return gone
}

// family returns processes and all their descendants.
func (p Programs) family(roots ...int) map[int]bool {
	children := map[int][]int{}
	for pid, u := range p.all {
		children[u.parent] = append(children[u.parent], pid)
	}
	in, left := map[int]bool{}, slices.Clone(roots)
	for len(left) > 0 {
		pid := left[0]
		left = left[1:]
		if !in[pid] {
			in[pid] = true
			left = append(left, children[pid]...)
		}
	}
	return in
}

// printable replaces what is no letter, digit or sign in the name of a process, which
// may hold any byte.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) && r != unicode.ReplacementChar {
			return r
		}
		return '?'
	}, name)
}
