package host

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A program that computes is seen, whatever the columns of busy time make of it, and is
// named. It is started by a shell that ends, so that it is no child of this process.
func TestWatchSeesOtherPrograms(t *testing.T) {
	out, err := exec.Command("sh", "-c", "while :; do :; done >&- 2>&- & echo $!").Output()
	if err != nil {
		t.Skip(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(out)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Kill(pid, syscall.SIGKILL) })
	programs := ReadPrograms()
	w := Begin(Placement{})
	// The other program gets its turn within a minute or two on any machine.
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(shortestWatch) {
		h := w.End(0, 1)
		now := ReadPrograms()
		used := now.all[pid].own - programs.all[pid].own
		if h.Foreign != nil && *h.Foreign > 0.3 && used > 0.1 {
			if now.family(os.Getpid())[pid] {
				t.Error("the program counts as one of this process")
			}
			break
		}
		if time.Now().After(end) {
			t.Fatalf("another program computes, and foreign load is below 30 %%: %+v", h)
		}
	}
	// Neighbours may be busier, so not all that are named are known.
	named := w.Busiest(programs)
	if len(named) == 0 {
		t.Error("no program is named")
	}
	for _, p := range named {
		if p.CPU < leastNamed || p.PID == 0 || p.Name == "" {
			t.Errorf("named: %+v", p)
		}
	}
}
