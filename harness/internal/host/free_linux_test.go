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
		open bool
		want int
	}{{true, len(cpus) + 1}, {false, len(cpus)}} {
		if err := Confine(p); err != nil {
			t.Fatal(err)
		}
		if err := Free(p, c.open); err != nil {
			t.Fatal(err)
		}
		if got := runtime.GOMAXPROCS(0); got != c.want {
			t.Errorf("open %v: %d threads, want %d", c.open, got, c.want)
		}
		if got := usableCPUs(); len(got) != len(cpus) {
			t.Errorf("open %v: on CPUs %v, want %v", c.open, got, cpus)
		}
	}
}
