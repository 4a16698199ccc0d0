package host

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/assay-bench/assay/results"
)

// Two readings ten seconds apart name the programs that used the CPUs between them.
func TestBusiestPrograms(t *testing.T) {
	// Ids above those that Linux gives, so that no real process stands in for them.
	const self, child, shell, job, gone, other = 9_000_001, 9_000_002, 9_000_003, 9_000_004, 9_000_005, 9_000_006
	begin := time.Now()
	reading := func(after time.Duration, all map[int]used) Programs { return Programs{begin.Add(after), all} }
	for _, c := range []struct {
		name          string
		before, after map[int]used
		want          []results.Program
	}{
		{"nothing", nil, nil, nil},
		{"a program", map[int]used{shell: {name: "a", own: 100}}, map[int]used{shell: {name: "a", own: 104}},
			[]results.Program{{Name: "a", PID: shell, CPU: 0.4}}},
		{"this process and its children", map[int]used{self: {own: 1}},
			map[int]used{self: {own: 9, ended: 5}, child: {parent: self, own: 9}, job: {parent: child, own: 8}}, nil},
		{"a new program", nil, map[int]used{job: {name: "b", own: 2, ended: 1}},
			[]results.Program{{Name: "b", PID: job, CPU: 0.2}, {Name: "b", PID: job, CPU: 0.1, Ended: true}}},
		{"an id that was given again", map[int]used{job: {name: "old", own: 70}}, map[int]used{job: {name: "new", own: 3, started: 5}},
			[]results.Program{{Name: "new", PID: job, CPU: 0.3}}},
		{"a child that ended counts what it used meanwhile", map[int]used{shell: {name: "make", ended: 50}, gone: {name: "cc", parent: shell, own: 20, ended: 1}},
			map[int]used{shell: {name: "make", ended: 75}}, []results.Program{{Name: "make", PID: shell, CPU: 0.4, Ended: true}}},
		{"several of a name", nil, map[int]used{shell: {name: "cc", own: 1}, job: {name: "cc", own: 3}, other: {name: "cc", own: 2}},
			[]results.Program{{Name: "cc", PID: job, Others: 2, CPU: 0.6}}},
		{"three at most, and none that is small", nil,
			map[int]used{shell: {name: "a", own: 1}, job: {name: "b", own: 2}, other: {name: "c", own: 3}, gone: {name: "d", own: 4}, child: {name: "e", own: 0.05}},
			[]results.Program{{Name: "d", PID: gone, CPU: 0.4}, {Name: "c", PID: other, CPU: 0.3}, {Name: "b", PID: job, CPU: 0.2}}},
	} {
		got := reading(10*time.Second, c.after).since(reading(0, c.before), []int{self}, nil)
		if d := cmp.Diff(c.want, got, cmpopts.EquateApprox(0, 1e-9), cmpopts.EquateEmpty()); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	if got := reading(0, map[int]used{job: {own: 5}}).since(reading(0, nil), []int{self}, nil); got != nil {
		t.Errorf("no time between the readings: %v", got)
	}
}

// The name of a process is printed, and can hold any byte.
func TestNamesArePrintable(t *testing.T) {
	for name, want := range map[string]string{"go": "go", "a\x1b[31mb": "a?[31mb", "x\n::error::": "x?::error::", "é\xff": "é?"} {
		if got := printable(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

// A wait ends when the machine is quiet, when its time is used up, or with its context,
// and returns how long the machine was busy.
func TestAwaitQuiet(t *testing.T) {
	limits := Limits{Foreign: 0.2, Steal: 0.1}
	at := func(foreign, steal float64) *results.HostWatch {
		return &results.HostWatch{Foreign: &foreign, Steal: &steal}
	}
	busy := at(0.5, 0)
	for _, c := range []struct {
		name    string
		looks   []*results.HostWatch // nil: the context ended
		longest time.Duration
		want    time.Duration
		told    int
	}{
		{"quiet", []*results.HostWatch{at(0.2, 0.1)}, time.Minute, 0, 0},
		{"busy for three looks", []*results.HostWatch{busy, at(0, 0.2), busy, at(0.1, 0)}, time.Minute, 3 * time.Second, 1},
		{"busy until the end", []*results.HostWatch{busy, busy, busy}, 3 * time.Second, 3 * time.Second, 1},
		{"not visible", []*results.HostWatch{{}}, time.Minute, 0, 0},
		{"no time", nil, 0, 0, 0},
		{"the context ends", []*results.HostWatch{busy, nil}, time.Minute, time.Second, 1},
	} {
		var clock time.Time
		n, told := 0, 0
		waited := awaitQuiet(t.Context(), limits, c.longest, func(results.HostWatch) { told++ }, func() time.Time { return clock },
			func() (results.HostWatch, bool) {
				h := c.looks[n]
				n++
				if h == nil {
					return results.HostWatch{}, false
				}
				clock = clock.Add(time.Second)
				return *h, true
			})
		if waited != c.want || told != c.told || n != len(c.looks) {
			t.Errorf("%s: waited %v, told %d times, %d looks; want %v, %d, %d", c.name, waited, told, n, c.want, c.told, len(c.looks))
		}
	}
}
