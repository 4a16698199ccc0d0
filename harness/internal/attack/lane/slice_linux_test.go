package lane

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A lane's thread has short slices of CPU time while it works, and those of before when it
// goes back to the Go runtime.
func TestShortSlices(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	slice := func() time.Duration {
		a, err := unix.SchedGetAttr(0, 0)
		if err != nil {
			t.Fatal(err)
		}
		return time.Duration(a.Runtime)
	}
	a, err := unix.SchedGetAttr(0, 0)
	if err != nil || a.Policy != unix.SCHED_NORMAL || a.Runtime == 0 || unix.SchedSetAttr(0, a, 0) != nil {
		t.Skipf("SKIPPED: the slices of a thread cannot be set here, before Linux 6.12 or by this user: %+v, %v", a, err)
	}
	before := slice()
	sharpen()
	during := slice()
	blunt()
	if during != shortSlice || slice() != before {
		t.Errorf("slices of %v, then %v, then %v; want %v in between", before, during, slice(), shortSlice)
	}
}
