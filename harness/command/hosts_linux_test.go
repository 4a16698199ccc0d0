package command

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// hostsRun prepares runs in a folder of their own, and returns a function that makes one
// and reads its bundle. What is wrong with the run ends the test.
func hostsRun(t *testing.T, dir, server string) (run func(args ...string) *results.Bundle) {
	t.Helper()
	t.Setenv("TMPDIR", dir)
	t.Setenv(host.LockVariable, filepath.Join(dir, "lock"))
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if err := os.Symlink(os.Args[0], filepath.Join(dir, "testserver")); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(file, []byte(`version: 1
name: s
`+server+`
variants: [{name: a}, {name: b}]
load: {open: {rate: 200/s, duration: 300ms, arrivals: poisson}, connections: 4, timeout: 1m}
targets: [{name: some, path: /, weight: 3}, {name: other, path: /other}]
warmup: 100ms
blocks: 2
`), 0o644); err != nil {
		t.Fatal(err)
	}
	n := 0
	return func(args ...string) *results.Bundle {
		t.Helper()
		n++
		bundle := filepath.Join(dir, "bundle"+strconv.Itoa(n))
		args = append([]string{"harness", "run", "--quick", "--blocks", "1", "--seed", "7", "--out", bundle}, args...)
		c := &exec.Cmd{Path: os.Args[0], Args: append(args, file), Env: os.Environ()}
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
		if diffs, err := results.Verify(bundle); err != nil || len(diffs) > 0 {
			t.Errorf("verify: %v %v", diffs, err)
		}
		b, err := results.Open(bundle)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// A run on hosts of the local engine has the plan and the requests of a run without an
// engine, trial by trial.
func TestLocalHostsMakeTheSameRun(t *testing.T) {
	run := hostsRun(t, t.TempDir(), "server:\n  command: [testserver, \"${port}\"]\n  ready: {path: /health, timeout: 2m}")
	// ledger is what the requests of each trial were.
	ledger := func(b *results.Bundle) map[string][]uint64 {
		all := map[string][]uint64{}
		for _, tr := range b.Valid() {
			s := tr.Streams[0]
			id := results.TrialID(tr.Scenario, tr.Variant, tr.Matrix, tr.Block, 1)
			all[id] = []uint64{tr.Seed, s.Sent, s.Planned, s.Scheduled, s.Recorded, s.Outcomes.OK, s.Targets[0].Recorded, s.Targets[1].Recorded}
		}
		return all
	}
	alone := run()
	first := 1
	if testing.Short() {
		first = 2
	}
	for generators := first; generators <= 2; generators++ {
		b := run("--on", "local", "--generators", strconv.Itoa(generators))
		if diff := cmp.Diff(ledger(alone), ledger(b)); diff != "" || len(ledger(b)) != 2 {
			t.Errorf("%d generators (-alone +several):\n%s", generators, diff)
		}
		top := b.Manifest.Topology
		if top == nil || top.Engine != "local" || top.Generators != generators || len(top.Hosts) != generators+1 || top.Hosts[0].RoundTrip <= 0 ||
			!slices.Equal(top.Hosts[generators].Servers, []string{"s/server"}) {
			t.Fatalf("topology %+v", top)
		}
		for _, tr := range b.Valid() {
			for i, h := range tr.Hosts {
				if h.Name != top.Hosts[i].Name || h.Role != top.Hosts[i].Role {
					t.Errorf("host %d of %s is %s, want %s", i, tr.ID, h.Name, top.Hosts[i].Name)
				}
			}
		}
	}
}

// workers returns the processes of workers that were started in a folder, by seat.
func workers(dir string) map[string]int {
	found := map[string]int{}
	files, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, file := range files {
		env, err := os.ReadFile(file)
		if err != nil || !slices.Contains(strings.Split(string(env), "\x00"), "TMPDIR="+dir) {
			continue
		}
		folder := filepath.Dir(file)
		line, _ := os.ReadFile(filepath.Join(folder, "cmdline"))
		args := strings.Split(string(line), "\x00")
		if i := slices.Index(args, "--seat"); i > 0 && !ended(filepath.Base(folder)) {
			found[args[i+1]], _ = strconv.Atoi(filepath.Base(folder))
		}
	}
	return found
}

// A generator that is killed or stopped under load makes its block void. The block is
// repeated with a new generator, and no worker is left when the run is over.
func TestLostGenerator(t *testing.T) {
	signals := []syscall.Signal{syscall.SIGKILL, syscall.SIGSTOP}
	if testing.Short() {
		signals = signals[:1]
	}
	for _, signal := range signals {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			var served atomic.Int64
			var once sync.Once
			srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
				if served.Add(1) < 20 {
					return // it may be asked whether it is ready
				}
				once.Do(func() {
					if err := syscall.Kill(workers(dir)["generator-1"], signal); err != nil {
						t.Errorf("end generator-1: %v", err)
					}
				})
			}))
			defer srv.Close()
			run := hostsRun(t, dir, fmt.Sprintf("server: {url: %q}", srv.URL))
			b := run("--on", "local", "--generators", "2")
			var void []results.Trial
			for _, tr := range b.Trials {
				if !tr.Valid {
					void = append(void, tr)
				}
			}
			if len(void) == 0 || !strings.Contains(void[0].Why(), "generator-1: the worker was lost: ") || void[0].Block != 1 {
				t.Errorf("void: %+v", void)
			}
			if valid := b.Valid(); len(valid) != 2 || b.Manifest.State != results.StateComplete {
				t.Errorf("%d valid trials, the run is %s", len(valid), b.Manifest.State)
			}
			for _, tr := range b.Valid() {
				if s := tr.Streams[0]; s.Sent != s.Planned || len(tr.Hosts) != 2 {
					t.Errorf("%s: sent %d of %d by %d hosts", tr.ID, s.Sent, s.Planned, len(tr.Hosts))
				}
			}
			if left := workers(dir); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// What cannot be done is said before anything is started.
func TestHostsThatCannotBe(t *testing.T) {
	dir := t.TempDir()
	t.Setenv(host.LockVariable, filepath.Join(dir, "lock"))
	file := filepath.Join(dir, "s.yaml")
	if err := os.WriteFile(file, []byte("version: 1\nname: s\nserver: {command: [x, \"${port}\"], host: db}\nload: {open: {rate: 1/s, duration: 1s}}\ntargets: [{path: /}]\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ args, want string }{
		{"--on mars", "--on mars: there is no such engine; those that are built: local, ssh, slurm, kubernetes"},
		{"--image x:1", "--image, --namespace and --resources are for --on kubernetes"},
		{"--on ssh --host generators=h1 --host db=h2 --image x:1", "--image, --namespace and --resources are for --on kubernetes"},
		{"--on kubernetes --resources db=2", `--resources db=2: "2": want CPU,MEMORY`},
		{"--on kubernetes --resources db=2,two", "the memory is a number of bytes"},
		{"--on kubernetes --resources 2,1Gi", "want NAME=CPU,MEMORY"},
		{"--on kubernetes --resources db=1,1Gi --resources db=1,1Gi", "--resources db is given twice"},
		{"--on kubernetes --resources server=1,1Gi", "there is no host server in this run; it has generators, db"},
		{"--on kubernetes --host generators=h1 --host db=h1", "generator-0 and db are both on h1"},
		{"--generators 2", "--generators needs --on ENGINE"},
		{"--server-on h1", "--server-on and --host need --on ENGINE"},
		{"--on local --generators -1", "--generators -1: want 1 or more"},
		{"--on local --host db=h1", "all hosts are this machine"},
		{"--on ssh", "on which node is generator-0? Add --host generators=NODE,…"},
		{"--on ssh --host generators=h1", "on which node is db? Add --host db=NODE"},
		{"--on ssh --host generators=h1 --host db=h1", "generator-0 and db are both on h1"},
		{"--on ssh --host generators=h1 --generators 3", "--host generators= names 1 nodes"},
		{"--on ssh --host generators=h1 --host db=h2 --server-on h3", "no server stands on a host of that name; the scenarios have db"},
		{"--on slurm --server-on h3 --host db=h2", "no server stands on a host of that name"},
		{"--on slurm --host db=h2", "on which node is generator-0? Add --host generators=NODE,…, or name no node at all: slurm then chooses them"},
		{"--on ssh --host generators=h1 --host db=h2 --profile=6", "--profile"},
		{"--on local --host nonsense", "want NAME=NODE"},
	} {
		var out, errs strings.Builder
		code := Run(t.Context(), append(append([]string{"run"}, strings.Fields(c.args)...), file), strings.NewReader(""), &out, &errs)
		if code != 2 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: status %d, %s; want %q", c.args, code, errs.String(), c.want)
		}
	}
	for _, c := range []struct{ scenario, args, want string }{
		{`server: {url: "http://127.0.0.1:9", also: {listens: 9}}
load: {open: {rate: 1/s, duration: 1s}}`, "--on ssh --host generators=h1", "--on ssh: server server of scenario r already runs, so the run has no worker on its host that could watch what `also` names"},
		{`server: {url: "http://127.0.0.1:9"}
load: {open: {rate: 1/s, duration: 1s}, connections: 1}`, "--on local --generators 2", "the generators cannot share the 1 connections of stream load of scenario r, default: raise `connections`"},
		{`server: {url: "http://127.0.0.1:9"}
matrix: {clients: [3, 2]}
load: {closed: {clients: "${clients}", requests: 1}, connections: 4}`, "--on local --generators 3", "the generators cannot share the 2 clients of stream load of scenario r, default/clients=2: raise `clients`"},
	} {
		file := filepath.Join(dir, "r.yaml")
		if err := os.WriteFile(file, []byte("version: 1\nname: r\n"+c.scenario+"\ntargets: [{path: /}]\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		var out, errs strings.Builder
		if code := Run(t.Context(), append(append([]string{"run"}, strings.Fields(c.args)...), file), strings.NewReader(""), &out, &errs); code != 2 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: status %d, %s; want %q", c.args, code, errs.String(), c.want)
		}
	}
	const far, started = `url: "unix:///run/app.sock"`, `command: [x, "${socket}"]`
	for _, c := range []struct{ server, args, want string }{
		{started, "--on local", "t.yaml:3:19: server server listens on ${socket}, which only the process that starts the server can reach (with --on, let it listen on ${port}; or run without --on)"},
		{started, "--on ssh --host generators=h1 --server-on h2", "t.yaml:3:19: server server listens on ${socket}, "},
		{started + ", host: db", "--on local", "t.yaml:3:43: server: a server that listens on ${socket} cannot stand on a host of its own, because no other host reaches a socket (let it listen on ${port}, or delete host)"},
		{far, "--on ssh --host generators=h1", "t.yaml:3:15: server server listens on unix:///run/app.sock, which no other host can reach (give it an address; or run without --on, or with --on local)"},
	} {
		file := filepath.Join(dir, "t.yaml")
		text := "version: 1\nname: t\nserver: {" + c.server + "}\nload: {open: {rate: 1/s, duration: 1s}}\ntargets: [{path: /}]\n"
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		var out, errs strings.Builder
		code := Run(t.Context(), append(append([]string{"run"}, strings.Fields(c.args)...), file), strings.NewReader(""), &out, &errs)
		if code != 2 || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s %s: status %d, %s; want %q", c.server, c.args, code, errs.String(), c.want)
		}
	}
	var out, errs strings.Builder
	if code := Run(t.Context(), []string{"search", "--on", "ssh", file}, strings.NewReader(""), &out, &errs); code != 2 || !strings.Contains(errs.String(), "search --on ssh: a search runs on one machine") {
		t.Errorf("search: status %d, %s", code, errs.String())
	}
}
