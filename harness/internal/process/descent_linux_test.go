package process

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/reach"
)

// startAway starts this program as a server that leaves its process group and session,
// as process managers and daemons do. The server's number goes to the file $PIDS.
func startAway() *exec.Cmd {
	c := exec.Command(os.Args[0], os.Args[1:]...)
	c.Env = append(os.Environ(), "TEST_SERVER=good")
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := c.Start(); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	if err := os.WriteFile(os.Getenv("PIDS"), fmt.Append(nil, c.Process.Pid), 0o600); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	return c
}

// away is what the test binary does in place of a server, by the kind of the server.
func away(kind string) {
	switch kind {
	case "daemon": // ends, and its server goes on
		startAway()
		os.Exit(0)
	case "wrapper": // waits, and ends at SIGTERM without a word to its server
		startAway().Wait()
	case "broken wrapper": // ends when its server is up
		startAway()
		for { // the test ends it if the server never comes up
			if err := connect(context.Background(), reach.Host("localhost"), os.Args[1]); err == nil {
				os.Exit(5)
			}
		}
	case "harness": // starts a server and is killed
		s := Spec{
			Name: "server", Command: []string{os.Args[0], os.Args[1]}, Env: map[string]string{"TEST_SERVER": "daemon"},
			Ready: "http://" + os.Args[1] + "/", ReadyTimeout: 2 * time.Minute, StopTimeout: 2 * time.Minute,
		}
		if _, err := Start(context.Background(), s); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println("ready")
		select {}
	}
}

// left returns the process that startAway started, and whether it is still there.
func left(t *testing.T, file string) (pid int, there bool) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if pid, err = strconv.Atoi(string(text)); err != nil {
		t.Fatal(err)
	}
	stat, err := os.ReadFile(filepath.Join("/proc", string(text), "stat"))
	return pid, err == nil && !bytes.Contains(stat, []byte(") Z "))
}

// What leaves its process group is measured and ended like the rest.
func TestServersThatLeaveTheirGroup(t *testing.T) {
	for kind, want := range map[string]struct{ early, exit string }{
		"daemon":         {"it became a daemon", "exit status 0"},
		"wrapper":        {"", "signal: terminated"},
		"broken wrapper": {"(exit status 5) before it was told to, while 1 process that", "exit status 5"},
	} {
		t.Run(kind, func(t *testing.T) {
			s := spec(t, kind)
			s.Env["PIDS"] = filepath.Join(t.TempDir(), "pids")
			p, err := Start(t.Context(), s)
			if kind == "broken wrapper" && err != nil {
				// Its end may be seen before the answer of its server.
				if !strings.Contains(err.Error(), "exited before it was ready (exit status 5), and left 1 process") {
					t.Fatal(err)
				}
			} else if err != nil {
				t.Fatal(err)
			} else {
				if kind != "wrapper" {
					<-p.kept.Ended
				}
				u, ok := p.Use()
				if wantProcesses := map[bool]int{true: 2, false: 1}[kind == "wrapper"]; !ok || u.Processes != wantProcesses || u.PeakRSSBytes == 0 {
					t.Errorf("usage %+v, %v, want that of %d", u, ok, wantProcesses)
				}
				if early := p.Early(); !strings.Contains(early, want.early) || want.early == "" && early != "" {
					t.Errorf("early end %q, want %q", early, want.early)
				}
				p.Stop()
				if got := p.Exit(); got != want.exit || len(p.Remains()) > 0 {
					t.Errorf("it ended with %s, stuck %q, want %s", got, p.Remains(), want.exit)
				}
			}
			if pid, there := left(t, s.Env["PIDS"]); there {
				t.Errorf("process %d is still there", pid)
			}
		})
	}
}

// What a killed harness has started ends with it.
func TestServersEndWithAKilledHarness(t *testing.T) {
	s := spec(t, "harness")
	pids := filepath.Join(t.TempDir(), "pids")
	c := exec.Command(s.Command[0], s.Command[1:]...)
	c.Env = append(os.Environ(), "TEST_SERVER=harness", "PIDS="+pids)
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := io.ReadAll(io.LimitReader(out, 5)); string(line) != "ready" {
		t.Errorf("it said %q, %v", line, err)
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Millisecond) {
		pid, there := left(t, pids)
		if !there {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("process %d is still there", pid)
		}
	}
}

// The program of a server is found by the harness, and by no PATH of the server's.
func TestProgramsAreFoundByTheHarness(t *testing.T) {
	s := spec(t, "good")
	s.Command[0] = "no-such-program"
	s.Env["PATH"] = t.TempDir()
	if _, err := Start(t.Context(), s); err == nil || !strings.Contains(err.Error(), "build it first") {
		t.Errorf("error %v", err)
	}
	s.Command = []string{"sh", "-c", `TEST_SERVER=good exec "$0" "$@"`, os.Args[0], s.Command[1]}
	p, err := Start(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	p.Stop()
}
