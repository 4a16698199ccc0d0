package host

import (
	"os/exec"
	"testing"
	"time"
)

// A program that computes is seen, whatever the columns of busy time make of it.
func TestWatchSeesOtherPrograms(t *testing.T) {
	c := exec.Command("sh", "-c", "while :; do :; done")
	if err := c.Start(); err != nil {
		t.Skip(err)
	}
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	w := Begin(Placement{})
	// The other program gets its turn within a minute or two on any machine.
	for end := time.Now().Add(2 * time.Minute); ; time.Sleep(shortestWatch) {
		h := w.End(0, 1)
		if h.Foreign != nil && *h.Foreign > 0.3 {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("another program computes, and foreign load is below 30 %%: %+v", h)
		}
	}
}
