package attack

import (
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// procs sets GOMAXPROCS for a test.
func procs(t *testing.T, n int) {
	t.Helper()
	before := runtime.GOMAXPROCS(n)
	t.Cleanup(func() { runtime.GOMAXPROCS(before) })
}

// Sleeping threads hold all Ps but one.
func TestHoldLeavesOne(t *testing.T) {
	for _, n := range []int{1, 2, 4} {
		procs(t, n)
		for k := range n - 1 {
			if !hold() {
				t.Errorf("of %d the one after %d was not held", n, k)
			}
		}
		if hold() {
			t.Errorf("of %d all are held", n)
		}
		for range n - 1 {
			letGo()
		}
		if got := held.Load(); got != 0 {
			t.Fatalf("%d held in the end", got)
		}
	}
}

// A sleep lasts as long as it should, on whichever P, and what it held is free
// again.
func TestPreciseSleep(t *testing.T) {
	for _, n := range []int{1, 2, 3} {
		procs(t, n)
		for _, taken := range []bool{false, true} { // all that may be held
			if taken {
				for hold() {
					defer letGo()
				}
			}
			before := held.Load()
			sleep, release := preciseSleep()
			for _, d := range []time.Duration{0, 100 * time.Microsecond, 3 * longestHeld} {
				begin := time.Now()
				for left := d; left > 0; left = d - time.Since(begin) {
					sleep(left, true)
				}
			}
			release()
			if now := held.Load(); now != before {
				t.Errorf("%d Ps: %d held, and %d after it", n, before, now)
			}
		}
	}
}

// The collector, which has to stop every goroutine, does not wait for a load to end,
// even where all threads share a CPU; and a load that has ended holds nothing.
func TestCollectorDoesNotWait(t *testing.T) {
	procs(t, 2)
	for _, onOne := range []bool{false, true} {
		if onOne {
			shareOneCPU(t)
		}
		for what, begin := range map[string]func() (end func()){
			"calm": calm,
			"pacer": func() func() {
				sleep, release := preciseSleep()
				var over atomic.Bool
				var wg sync.WaitGroup
				wg.Go(func() {
					for !over.Load() {
						sleep(longestHeld, true)
					}
				})
				return func() {
					over.Store(true)
					wg.Wait()
					release()
				}
			},
		} {
			end := begin()
			if held.Load() != 1 {
				t.Errorf("%s: nothing is held", what)
			}
			for range 20 {
				runtime.GC()
			}
			end()
			if n := held.Load(); n != 0 {
				t.Errorf("%s: %d held in the end", what, n)
			}
		}
	}
}

// shareOneCPU keeps all threads of this process to one CPU for a test.
func shareOneCPU(t *testing.T) {
	t.Helper()
	var all, one unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		t.Fatal(err)
	}
	for cpu := 0; one.Count() == 0; cpu++ {
		if all.IsSet(cpu) {
			one.Set(cpu)
		}
	}
	keep := func(set *unix.CPUSet) {
		threads, err := filepath.Glob("/proc/self/task/*")
		if err != nil {
			t.Fatal(err)
		}
		for _, thread := range threads {
			id, err := strconv.Atoi(filepath.Base(thread))
			if err != nil {
				t.Fatal(err)
			}
			if err := unix.SchedSetaffinity(id, set); err != nil && err != unix.ESRCH {
				t.Fatal(err)
			}
		}
	}
	keep(&one)
	t.Cleanup(func() { keep(&all) })
}
