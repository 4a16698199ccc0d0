package trial

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// running starts a server that no trial starts, and returns its port and a file with its
// number.
func running(t *testing.T) (port int, pidFile string) {
	t.Helper()
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "TRIAL_TEST_SERVER="+address)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Process.Kill(); c.Wait() })
	for deadline := time.Now().Add(2 * time.Minute); ; time.Sleep(time.Millisecond) {
		resp, err := http.Get("http://" + address)
		if err == nil {
			resp.Body.Close()
			break
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	pidFile = filepath.Join(t.TempDir(), "pid")
	if err := os.WriteFile(pidFile, fmt.Appendln(nil, c.Process.Pid), 0o600); err != nil {
		t.Fatal(err)
	}
	return port, pidFile
}

// What already runs belongs to a server if the scenario says so: its CPU time is the
// server's, and the memory is that of all processes.
func TestWhatAlreadyRunsBelongs(t *testing.T) {
	port, pidFile := running(t)
	const text = `version: 1
name: also
server:
  %s
  ready: {timeout: 2m}
variants: [{name: a}]
load: {closed: {clients: 1, requests: 50}}
targets: [{path: /}]
warmup: 0s
`
	command := fmt.Sprintf(`command: [%q]
  env: {TRIAL_TEST_SERVER: "127.0.0.1:${port}"}`, os.Args[0])
	url := fmt.Sprintf("url: http://127.0.0.1:%d", port)
	for _, c := range []struct {
		name, server string
		cpu, several bool
	}{
		{"a command alone", command, true, false},
		{"a command and a file", command + "\n  also: {pid_file: " + pidFile + "}", true, true},
		{"a command and a port", command + fmt.Sprintf("\n  also: [{listens: %d}]", port), true, true},
		{"two ways to one process", url + fmt.Sprintf("\n  also: [{listens: %d}, {pid_file: %s}]", port, pidFile), true, false},
		{"a server that runs", url, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := run(t, fmt.Sprintf(text, c.server)).Trial.Servers[0]
			if (s.CPU != nil) != c.cpu || (s.PSSBytes != nil) != c.several || (s.PeakRSSBytes != nil) != (c.cpu && !c.several) {
				t.Errorf("CPU %v, PSS %v, peak RSS %v; want CPU %v, several processes %v", s.CPU, s.PSSBytes, s.PeakRSSBytes, c.cpu, c.several)
			}
		})
	}
	missing := strings.Replace(fmt.Sprintf(text, command+"\n  also: {pid_file: "+pidFile+".none}"), "name: also", "name: missing", 1)
	sc, err := scenario.Parse("f", []byte(missing), scenario.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = Run(t.Context(), Spec{Scenario: sc, Cell: sc.Cells()[0], Attempt: 1, RunStart: time.Now(),
		Planned: results.Planned{Order: 1, Block: 1, Scenario: "missing", Variant: "a", Seed: 1}})
	if err == nil || !strings.Contains(err.Error(), "also: {pid_file:") {
		t.Errorf("error %v", err)
	}
}

// A server whose port another program answers is not measured.
func TestAPortOfAnotherProgram(t *testing.T) {
	port, pidFile := running(t)
	for also, want := range map[bool]string{false: fmt.Sprintf("its port %d is answered by another program, process", port), true: ""} {
		p, err := process.Start(t.Context(), process.Spec{
			Name: "server", Command: []string{"sleep", "600"}, Ready: fmt.Sprintf("http://127.0.0.1:%d/", port),
			ReadyTimeout: 2 * time.Minute, StopSignal: "TERM", StopTimeout: 2 * time.Minute,
		})
		if err != nil {
			t.Fatal(err)
		}
		s := &server{Server: scenario.Server{Name: "server"}, process: p}
		if also {
			s.Also = []scenario.Also{{PIDFile: pidFile}}
		}
		if err := s.findAlso(); err != nil {
			t.Fatal(err)
		}
		if err := s.checkOwner(port); (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("with also %v: error %v", also, err)
		}
		p.Stop()
	}
}
