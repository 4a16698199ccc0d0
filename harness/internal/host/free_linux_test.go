package host

import (
	"runtime"
	"testing"
)

// An unplaced load gets the threads of its kind: with an open one, the pacer's
// thread holds one of them while it sleeps.
func TestFreeSetsTheThreadsOfTheLoad(t *testing.T) {
	before, cpus := runtime.GOMAXPROCS(0), usableCPUs()
	t.Cleanup(func() {
		runtime.GOMAXPROCS(before)
		if err := keepTo(cpus); err != nil {
			t.Error(err)
		}
	})
	p := Place()
	if len(p.Generator) == 0 {
		t.Skip("one CPU: nothing is placed")
	}
	for _, c := range []struct {
		pacers int
		want   int
	}{{1, len(cpus) + 1}, {3, len(cpus) + 3}, {0, len(cpus)}} {
		if err := Confine(p); err != nil {
			t.Fatal(err)
		}
		if err := Free(p, c.pacers); err != nil {
			t.Fatal(err)
		}
		if got := runtime.GOMAXPROCS(0); got != c.want {
			t.Errorf("%d pacers: %d threads, want %d", c.pacers, got, c.want)
		}
		if got := usableCPUs(); len(got) != len(cpus) {
			t.Errorf("%d pacers: on CPUs %v, want %v", c.pacers, got, cpus)
		}
	}
}
