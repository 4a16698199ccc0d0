package kin

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// look takes a look, with a child of this process in a group of its own.
func look(t *testing.T) (l *Look, child int) {
	t.Helper()
	c := exec.Command("sleep", "600")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	l, err := Take()
	if err != nil {
		t.Fatal(err)
	}
	return l, c.Process.Pid
}

// What descends from a process belongs to it, in whatever group it is.
func TestWhatDescendsBelongs(t *testing.T) {
	l, child := look(t)
	if got := l.With([]int{os.Getpid(), child, os.Getpid()}); !slices.Contains(got, os.Getpid()) || !slices.Contains(got, child) {
		t.Errorf("with %v lacks %d or %d", got, os.Getpid(), child)
	}
	if got := l.With([]int{child, 1 << 30}); !slices.Equal(got, []int{child}) {
		t.Errorf("the child with its descendants is %v, want %d alone", got, child)
	}
	if got := l.Below(os.Getpid()); slices.Contains(got, os.Getpid()) || !slices.Contains(got, child) {
		t.Errorf("below: %v", got)
	}
	u, ok := l.Use([]int{os.Getpid(), child})
	if !ok || u.Processes != 2 || u.PeakRSSBytes == 0 || u.Threads < 2 {
		t.Errorf("usage %+v, %v", u, ok)
	}
	if _, ok := l.Use([]int{1 << 30}); ok {
		t.Error("a process that is not there has used something")
	}
	// Pages that both share are counted once, so it is less than the sum, and more than
	// nothing.
	if pss, unread := l.PSS([]int{os.Getpid(), child}); pss == 0 || pss > u.RSSBytes+u.PeakRSSBytes || unread != 0 {
		t.Errorf("PSS %d, %d unread; sum of RSS %d", pss, unread, u.RSSBytes)
	}
}

// What many processes have used is known, although each has used little, and also of those
// that have ended and that nobody has waited for.
func TestManyShortProcesses(t *testing.T) {
	const n = 40
	var all []*exec.Cmd
	var pids []int
	for i := range n {
		then := "read x"
		if i%2 == 1 {
			then = "exit"
		}
		c := exec.Command("sh", "-c", "i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done; echo; "+then)
		in, err := c.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := c.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { in.Close(); c.Process.Kill(); c.Wait() })
		if _, err := out.Read(make([]byte, 1)); err != nil { // it has done its work
			t.Fatal(err)
		}
		all, pids = append(all, c), append(pids, c.Process.Pid)
	}
	l, err := Take()
	if err != nil {
		t.Fatal(err)
	}
	u, ok := l.Use(pids)
	used := 0.0
	for _, c := range all {
		c.Process.Kill()
		c.Wait()
		used += (c.ProcessState.UserTime() + c.ProcessState.SystemTime()).Seconds()
	}
	// What they use to end is not in the sum. Without the ended ones it would be the half.
	if !ok || u.CPU < 0.6*used || u.CPU > 1.01*used {
		t.Errorf("found %.4f s of CPU time, want about %.4f s, which the kernel reports at the end", u.CPU, used)
	}
}

// Only a fall that rounding explains is none.
func TestSince(t *testing.T) {
	for _, c := range []struct{ earlier, now, want float64 }{{1, 3, 2}, {1, 1, 0}, {1, 0.96, 0}, {1, 0.5, -0.5}} {
		if got := Since(c.earlier, c.now); got != c.want {
			t.Errorf("from %v to %v: %v, want %v", c.earlier, c.now, got, c.want)
		}
	}
}

func TestSelectorsFind(t *testing.T) {
	l, child := look(t)
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed.Close()
	port := func(l net.Listener) int { return l.Addr().(*net.TCPAddr).Port }
	self, sub := os.Getpid(), strconv.Itoa(child)+"\n"
	write("unified/system.slice/db.service/cgroup.procs", "")
	write("unified/system.slice/db.service/main/cgroup.procs", sub)
	write("systemd/app/cgroup.procs", fmt.Sprintf("%d\n%s%d\n", child, sub, 1<<30))
	write("systemd/empty/cgroup.procs", "")
	for _, c := range []struct {
		sel   Selector
		want  int    // a process of the group
		wrong string // or what the error says
	}{
		{Selector{Listens: port(listener)}, self, ""},
		{Selector{Listens: port(closed)}, 0, "no process listens on that port"},
		{Selector{PIDFile: write("pid", " "+sub+"/data\n1700000000\n")}, child, ""},
		{Selector{PIDFile: write("gone", strconv.Itoa(1<<30))}, 0, "there is no such process"},
		{Selector{PIDFile: write("words", "my server")}, 0, `its first line is "my server"`},
		{Selector{PIDFile: write("none", "")}, 0, `its first line is ""`},
		{Selector{PIDFile: filepath.Join(dir, "missing")}, 0, "no such file"},
		{Selector{PIDFile: dir}, 0, "not a regular file"},
		{Selector{CGroup: "system.slice/db.service"}, child, ""},
		{Selector{CGroup: filepath.Join(dir, "app")}, child, ""},
		{Selector{CGroup: "/app"}, child, ""},
		{Selector{CGroup: "empty"}, 0, "no process is in"},
		{Selector{CGroup: "../../etc"}, 0, "there is no such control group"},
		{Selector{Unit: "db"}, child, ""},
		{Selector{Unit: "db.service"}, child, ""},
		{Selector{Unit: "other"}, 0, "no process of a unit other.service"},
	} {
		t.Run(c.sel.String(), func(t *testing.T) {
			g, err := l.find(c.sel, dir)
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Fatalf("error %v, want %q", err, c.wrong)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := g.Members(l); !slices.Contains(got, c.want) || slices.Contains(got, 1<<30) {
				t.Errorf("members %v, want %d among them", got, c.want)
			}
		})
	}
}

// A process whose number was given to another one does not belong to the group.
func TestAnotherProcessOfThatNumber(t *testing.T) {
	l, child := look(t)
	g := l.group([]int{child})
	g.roots[child]--
	if got := g.Members(l); len(got) > 0 {
		t.Errorf("members %v", got)
	}
}
