package trial

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// together makes a trial on two generators and a host of servers, all in this process.
func together(t *testing.T, text string) (*Result, error) {
	t.Helper()
	spec := specOf(t, text)
	return RunOn(t.Context(), spec, crewOf(t, spec.Scenario, 2, same))
}

const watched = `version: 1
name: watched
server:
  %s
  ready: {path: %s, timeout: 2m}
load: {closed: {clients: 2, requests: 40}, timeout: 1m}
targets: [{path: /}]
warmup: 0s
`

// What belongs to a server, and what it says of itself, is recorded in a trial on several
// hosts as in one on this machine: of a server that the trial starts, by the host of the
// server, and of one that already runs, by this process.
func TestServersAreWatchedOnSeveralHosts(t *testing.T) {
	port, pidFile := running(t)
	metrics := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/metrics" {
			fmt.Fprintln(w, "go_goroutines 7\norders_total 3")
		}
	}))
	defer metrics.Close()
	command := fmt.Sprintf(`command: [%q]
  env: {TRIAL_TEST_SERVER: "${host}:${port}"}`, os.Args[0])
	url := fmt.Sprintf("url: http://127.0.0.1:%d", port)
	for _, c := range []struct {
		name, server string
		cpu, several bool
		goroutines   float64
	}{
		{"a command alone", command, true, false, 0},
		{"a command and a file", command + "\n  also: {pid_file: " + pidFile + "}", true, true, 0},
		{"a command and a port", command + fmt.Sprintf("\n  also: [{listens: %d}]", port), true, true, 0},
		{"a server that runs, and a file", url + "\n  also: {pid_file: " + pidFile + "}", true, false, 0},
		{"a server that runs", url, false, false, 0},
		{"a server that runs, with metrics", "url: " + metrics.URL + "\n  metrics: /metrics", false, false, 7},
	} {
		t.Run(c.name, func(t *testing.T) {
			res, err := together(t, fmt.Sprintf(watched, c.server, "/"))
			if err != nil {
				t.Fatal(err)
			}
			s := res.Trial.Servers[0]
			if s.Name != "server" || (s.CPU != nil) != c.cpu || (s.PSSBytes != nil) != c.several || (s.PeakRSSBytes != nil) != (c.cpu && !c.several) {
				t.Errorf("CPU %v, PSS %v, peak RSS %v; want CPU %v, several processes %v", s.CPU, s.PSSBytes, s.PeakRSSBytes, c.cpu, c.several)
			}
			if c.goroutines > 0 && (s.PeakGoroutines == nil || *s.PeakGoroutines != c.goroutines || len(res.Samples) == 0 || res.Samples[0].Metrics["orders_total"] != 3) {
				t.Errorf("goroutines %v, samples %+v", s.PeakGoroutines, res.Samples)
			}
			// Nobody can tell a server that runs from other programs, unless its processes are known.
			if f := res.Trial.Host.Foreign; !c.cpu && f != nil {
				t.Errorf("%.2f CPUs of this machine count as foreign", *f)
			}
		})
	}
	missing := fmt.Sprintf(watched, command+"\n  also: {pid_file: "+pidFile+".none}", "/")
	if _, err := together(t, missing); err == nil || !strings.Contains(err.Error(), "server: server server: also: {pid_file:") {
		t.Errorf("error %v", err)
	}
}

// elsewhere is a member that offers the port of another program.
type elsewhere struct {
	Member
	port int
}

func (e *elsewhere) Begin(ctx context.Context, task Task) (map[string]int, error) {
	_, err := e.Member.Begin(ctx, task)
	return map[string]int{"server": e.port}, err
}

// A server is not measured if another program has its port.
func TestThePortOfAnotherProgramOnSeveralHosts(t *testing.T) {
	port, _ := running(t)
	text := strings.Replace(fmt.Sprintf(watched, `command: [sleep, "600", "${port}"]`, fmt.Sprintf("http://127.0.0.1:%d/", port)), "timeout: 2m}\nload", "timeout: 2m}\n  stop: {signal: KILL}\nload", 1)
	spec := specOf(t, text)
	crew := crewOf(t, spec.Scenario, 1, func(m Member) Member {
		if m.Name() != "server" {
			return m
		}
		return &elsewhere{m, port}
	})
	_, err := RunOn(t.Context(), spec, crew)
	if err == nil || !strings.Contains(err.Error(), "is answered by another program, process") {
		t.Errorf("error %v", err)
	}
}

// Cleanup runs when the servers have ended, also if the trial could not be made.
func TestCleanupOnSeveralHostsComesLast(t *testing.T) {
	dir := t.TempDir()
	said := filepath.Join(dir, "said")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).Port
	l.Close()
	text := fmt.Sprintf(`version: 1
name: order
prepare: {command: [sh, -c, 'echo prepare >> %[1]s']}
cleanup: {command: [sh, -c, 'echo cleanup >> %[1]s']}
server:
  command: [sh, -c, 'trap "echo ended >> %[1]s; kill %%1; exit" TERM; TRIAL_TEST_SERVER=127.0.0.1:$1 "$2" & wait', sh, "%[2]d", %[3]q]
  ready: {path: "http://127.0.0.1:%[2]d/", timeout: 2m}
setup: [{name: login, path: /, expect: {status: ["201"]}}]
load: {closed: {clients: 1, requests: 1}}
targets: [{path: /}]
warmup: 0s
`, said, port, os.Args[0])
	_, err = together(t, text)
	if err == nil || !strings.Contains(err.Error(), "login") {
		t.Errorf("error %v", err)
	}
	got, _ := os.ReadFile(said)
	if string(got) != "prepare\nended\ncleanup\n" {
		t.Errorf("order:\n%s\nerror %v", got, err)
	}
}

// A load by plain HTTP of a server that speaks TLS is warned of.
func TestPlainLoadOfTLSOnSeveralHosts(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer srv.Close()
	address := srv.Listener.Addr().String()
	res, err := together(t, fmt.Sprintf(watched, "url: http://"+address, "tcp://"+address))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(res.Trial.Warnings, "\n"); !strings.Contains(got, "stream load: every answer is 400: ") {
		t.Errorf("warnings:\n%s", got)
	}
}
