package host

import (
	"runtime"
	"testing"
)

// An unplaced load gets threads besides those for its CPUs: two, or one for every
// stream.
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
		streams int
		want    int
	}{{1, len(cpus) + 2}, {3, len(cpus) + 3}} {
		if err := Confine(p); err != nil {
			t.Fatal(err)
		}
		if err := Free(p, c.streams); err != nil {
			t.Fatal(err)
		}
		if got := runtime.GOMAXPROCS(0); got != c.want {
			t.Errorf("%d streams: %d threads, want %d", c.streams, got, c.want)
		}
		if got := usableCPUs(); len(got) != len(cpus) {
			t.Errorf("%d streams: on CPUs %v, want %v", c.streams, got, cpus)
		}
	}
}
