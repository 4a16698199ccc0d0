package host

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestDivide(t *testing.T) {
	pairs := func(c int) int { return c / 2 }
	spread := func(c int) int { return c % 4 }
	alone := func(c int) int { return c }
	one := func(int) int { return 0 }
	for _, c := range []struct {
		name string
		cpus []int
		core func(int) int
		want Placement
	}{
		{"two cores", []int{0, 1}, alone, Placement{[]int{0}, []int{1}}},
		{"three cores", []int{0, 1, 2}, alone, Placement{[]int{0, 1}, []int{2}}},
		{"one core, two threads", []int{0, 1}, one, Placement{[]int{0}, []int{1}}},
		{"two cores, siblings side by side", []int{0, 1, 2, 3}, pairs, Placement{[]int{0, 1}, []int{2, 3}}},
		{"four cores, siblings apart", []int{0, 1, 2, 3, 4, 5, 6, 7}, spread, Placement{[]int{0, 4, 1, 5}, []int{2, 6, 3, 7}}},
	} {
		if d := cmp.Diff(c.want, divide(c.cpus, c.core)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func TestWatchSeesThisProcess(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no counters on this system")
	}
	w := Begin(Placement{})
	x := 0
	for func() bool { g := w.End(0, 1).Generator; return g == nil || *g < 0.01 }() {
		for i := range 1 << 20 {
			x += i
		}
	}
	h := w.End(0, 3)
	if h.GeneratorProc != 3 || h.Foreign == nil || h.Steal == nil {
		t.Errorf("%+v (%d)", h, x)
	}
}

func TestLockNamesItsHolder(t *testing.T) {
	if os.Getenv("TRY_LOCK") != "" {
		_, err := Lock()
		if err == nil {
			os.Exit(0)
		}
		os.Stdout.WriteString(err.Error())
		os.Exit(1)
	}
	t.Setenv(LockVariable, filepath.Join(t.TempDir(), "lock"))
	machine, err := Lock()
	if err != nil {
		t.Fatal(err)
	}
	try := func() string {
		c := exec.Command(os.Args[0], "-test.run=TestLockNamesItsHolder")
		c.Env = append(os.Environ(), "TRY_LOCK=1", "TMPDIR="+t.TempDir()) // what is temporary does not matter
		out, _ := c.Output()
		return string(out)
	}
	if got := try(); !strings.Contains(got, "another measurement is running on this machine: process ") {
		t.Errorf("second holder: %q", got)
	}
	machine.Release()
	if got := try(); got != "" {
		t.Errorf("after release: %q", got)
	}
}

// A wait for a quiet machine ends with its context, and where nothing is busy
// enough to matter.
func TestAwaitQuietEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never, always := Limits{-1e9, -1e9}, Limits{1e9, 1e9}
	AwaitQuiet(ctx, Placement{}, never, time.Hour, nil)
	AwaitQuiet(t.Context(), Placement{}, always, time.Hour, nil)
	AwaitQuiet(t.Context(), Placement{}, never, 0, nil)
}
