package hostlab

import (
	"strings"
	"testing"
	"time"
)

// Hosts reach each other with the delay of the link, and not when they are cut off. Each
// has its own name, files and clock, and nothing of them stays.
func TestLab(t *testing.T) {
	if why := Missing(); why != "" {
		t.Skip("SKIPPED: " + why)
	}
	l, err := New(Config{Hosts: 2, Delay: 2 * time.Millisecond, Dir: t.TempDir(), Clocks: map[int]time.Duration{1: 24 * time.Hour}})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	say := func(h *Host, script string) string {
		t.Helper()
		out, err := h.Command("sh", "-c", script).CombinedOutput()
		if err != nil {
			t.Fatalf("%s on %s: %v\n%s", script, h.Name, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	for _, h := range l.Hosts {
		if got := say(h, `touch "$TMPDIR/of-$(hostname)"; ls "$TMPDIR"`); got != "of-"+h.Name {
			t.Errorf("%s has the files %q", h.Name, got)
		}
	}
	if up := say(l.Hosts[1], "cut -d. -f1 /proc/uptime"); len(up) < 5 {
		t.Errorf("the clock of h1 says %s s, want a day more than the machine", up)
	}
	sleeper := l.Hosts[1].Command("sleep", "1000")
	if err := sleeper.Start(); err != nil {
		t.Fatal(err)
	}
	for !l.Hosts[1].runs("sleep") {
		time.Sleep(time.Millisecond)
	}
	l.Close()
	if err := sleeper.Wait(); err == nil {
		t.Error("a program outlived its host")
	}
}

// runs reports whether a program runs on the host.
func (h *Host) runs(name string) bool {
	for _, p := range h.Processes() {
		if p.Args[0] == name || strings.HasSuffix(p.Args[0], "/"+name) {
			return true
		}
	}
	return false
}
