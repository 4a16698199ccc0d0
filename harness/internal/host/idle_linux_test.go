package host

import (
	"os"
	"path/filepath"
	"testing"
)

// Where the system lets this process, idle CPUs poll while the machine is taken,
// and this process asks for it no longer than that.
func TestLockKeepsCPUsAwake(t *testing.T) {
	if f, err := os.OpenFile(latencyDevice, os.O_WRONLY, 0); err != nil {
		t.Skipf("not allowed: %v", err)
	} else {
		f.Close()
	}
	t.Setenv(LockVariable, filepath.Join(t.TempDir(), "lock"))
	machine, err := Lock()
	if err != nil {
		t.Fatal(err)
	}
	if got := idle(); got != "polling" && got != "" {
		t.Errorf("taken: %q", got)
	}
	if n := asking(); n != 1 {
		t.Errorf("taken: %d requests", n)
	}
	machine.Release()
	if n := asking(); n != 0 {
		t.Errorf("given back: %d requests", n)
	}
}
