package command

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/internal/hostlab"
	"github.com/assay-bench/assay/results"
)

// feature is something that a scenario can ask for, and that has to mean on several hosts
// what it means on one.
type feature struct {
	name     string
	scenario string
	args     []string
	check    func(*testing.T, *results.Bundle)
}

// bySSH is how many of the features, from the first, are tried on hosts of ssh too.
const bySSH = 3

const shop = `version: 1
name: s
server: {command: [shopserver, "${host}:${port}"], env: {EXPECTED: "${secret.SHOP_KEY}"}, ready: {timeout: 2m}}
secrets: [SHOP_KEY]
`

var features = []feature{
	{name: "flow with cookies, extract, pause and repeat", scenario: shop + `
vars: {user: {sequence: [1, 1000], format: "user%d"}}
load: {open: {rate: 40/s, duration: 500ms}, connections: 8, timeout: 1m}
cookies: true
flow:
  - {name: login, method: POST, path: "/login?user=${user}", headers: {X-Key: "${secret.SHOP_KEY}"}, extract: {token: {json: $.token}}}
  - {name: list, path: "/orders?user=${user}", headers: {Authorization: "Bearer ${token}"}, repeat: 2}
  - {pause: 20ms}
  - {name: order, method: POST, path: "/orders?cookie&user=${user}", headers: {Authorization: "Bearer ${token}"}, body: '{"item": "tea"}', expect: {status: ["201"]}}
`, check: func(t *testing.T, b *results.Bundle) {
		s := b.Valid()[0].Streams[0]
		want := map[string]uint64{"login": 20, "list": 40, "order": 20, results.FlowTarget: 20}
		for _, target := range s.Targets {
			if target.Recorded != want[target.Name] || target.Outcomes.OK != target.Recorded {
				t.Errorf("%s: %d recorded, %d ok; want %d", target.Name, target.Recorded, target.Outcomes.OK, want[target.Name])
			}
		}
	}},
	{name: "setup with extract, secrets, files, checks, prepare and cleanup", scenario: shop + `
prepare: {command: [sh, -c, "echo prepare >> order"]}
cleanup: {command: [sh, -c, "echo cleanup >> order"]}
setup: [{name: login, method: POST, path: /login?user=root, headers: {X-Key: "${secret.SHOP_KEY}"}, extract: {token: {json: $.token}}}]
vars: {of: {csv: users.csv, pick: zipf}, id: {uuid: true}, n: {random: [1, 9]}}
load: {closed: {clients: 3, requests: 60, think: 2ms}, timeout: 1m}
targets:
  - {name: list, path: "/orders?user=root&id=${id}&n=${n}", headers: {Authorization: "Bearer ${token}"}, expect: {body: [{json: $.id, matches: "^[0-9a-f-]{36}$"}]}}
  - {name: order, method: POST, path: "/orders?user=root&of=${of.name}", headers: {Authorization: "Bearer ${token}"}, body_file: order.json, expect: {status: ["201"]}}
`, check: func(t *testing.T, b *results.Bundle) {
		if s := b.Valid()[0].Streams[0]; s.Recorded != 60 || s.Targets[0].Recorded == 0 || s.Targets[1].Recorded == 0 {
			t.Errorf("%d recorded, targets %+v", s.Recorded, s.Targets)
		}
		dir := filepath.Dir(b.Dir)
		if got, err := os.ReadFile(filepath.Join(dir, "order")); string(got) != strings.Repeat("prepare\ncleanup\n", len(b.Trials)) {
			t.Errorf("prepare and cleanup: %q, %v", got, err)
		}
	}},
	{name: "two servers on hosts of their own, what else belongs, metrics, streams, stages", scenario: `version: 1
name: s
servers:
  - {name: db, host: store, command: [shopserver, "${host}:${port}"], ready: {path: "tcp://${host}:${port}", timeout: 2m}}
  - {name: shop, command: [shopserver, "${host}:${port}"], metrics: /metrics, also: {pid_file: pid}, ready: {timeout: 2m}}
streams:
  - {name: steady, server: shop, load: {open: {rate: 40/s, duration: 600ms, arrivals: poisson}, connections: 4, timeout: 1m}, targets: [{path: /}]}
  - {name: burst, server: db, load: {open: {stages: [{rate: 20/s, duration: 200ms}, {rate: 20/s, to: 100/s, duration: 200ms}, {rate: 20/s, duration: 200ms}]}, connections: 4, timeout: 1m}, targets: [{path: /}]}
`, check: func(t *testing.T, b *results.Bundle) {
		tr := b.Valid()[0]
		if len(tr.Streams) != 2 || len(tr.Servers) != 2 || len(tr.Hosts) != 4 || tr.Hosts[3].Name != "store" {
			t.Fatalf("streams %d, servers %d, hosts %+v", len(tr.Streams), len(tr.Servers), tr.Hosts)
		}
		if s := tr.Servers[1]; s.CPU == nil || s.PSSBytes == nil || s.PeakGoroutines == nil || *s.PeakGoroutines != 7 {
			t.Errorf("the server that has more processes and metrics: %+v", s)
		}
	}},
	{name: "tls with a certificate authority, net/http", scenario: strings.Replace(strings.Replace(shop, `${port}"]`, `${port}", tls]`, 1), "ready:", "tls: {ca: cert.pem, server_name: example.com}, ready:", 1) + `
load: {closed: {clients: 2, requests: 20}, timeout: 1m, transport: std}
targets: [{path: /}]
`},
	{name: "a matrix of clients, without placement, a connection for every request", scenario: shop + `
placement: none
matrix: {clients: [2, 5]}
load: {closed: {clients: "${clients}", requests: 20}, timeout: 1m, reuse: false}
targets: [{path: /}]
`, check: func(t *testing.T, b *results.Bundle) {
		if n := len(b.Valid()); n != 2 {
			t.Errorf("%d trials, want one with 2 clients and one with 5", n)
		}
	}},
}

// What a scenario can ask for works with two generators and a server on another host.
func TestFeaturesOnSeveralHosts(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	for _, f := range features {
		t.Run(f.name, func(t *testing.T) {
			dir := t.TempDir()
			c := featureRun(t, dir, f.scenario, append([]string{"--on", "local", "--generators", "2"}, f.args...)...)
			if out, err := c.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			b, err := results.Open(filepath.Join(dir, "bundle"))
			if err != nil {
				t.Fatal(err)
			}
			checkFeature(t, b)
			if f.check != nil {
				f.check(t, b)
			}
		})
	}
}

// A run on several hosts is continued on the like of them, and on no others.
func TestResumeOnSeveralHosts(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	dir := t.TempDir()
	scenario := shop + "load: {closed: {clients: 3, requests: 20}, timeout: 1m}\ntargets: [{path: /}]\n"
	first := featureRun(t, dir, scenario, "--on", "local", "--generators", "2")
	if out, err := first.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, c := range []struct{ args, want string }{
		{"--on local --generators 3", "--resume: the bundle was started on local, 2 generators, servers on the host server, and now it is local, 3 generators"},
		{"", "and now it is one machine: give the same --on, --generators and --host"},
		{"--on local --generators 2", "is complete"},
	} {
		// --blocks is given twice, and the last one counts.
		again := exec.Command(first.Path)
		again.Args, again.Env = append(append(first.Args[:len(first.Args)-4:len(first.Args)-4], strings.Fields(c.args)...), "--resume", "--blocks", "2"), first.Env
		if out, err := again.CombinedOutput(); (err == nil) != (c.want == "is complete") || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v\n%s\nwant %s", c.args, err, out, c.want)
		}
	}
	b, err := results.Open(filepath.Join(dir, "bundle"))
	if err != nil {
		t.Fatal(err)
	}
	checkFeature(t, b)
	if n := len(b.Valid()); n != 2 {
		t.Errorf("%d trials count, want 2", n)
	}
}

// The same holds where the hosts have nothing in common but the network, by ssh.
func TestFeaturesBySSH(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	s := newSite(t, "ssh", hostlab.Config{Hosts: 5})
	if err := os.Symlink(os.Args[0], filepath.Join(s.dir, "shopserver")); err != nil {
		t.Fatal(err)
	}
	featureFiles(t, s.dir)
	s.env = append(s.env, "SHOP_KEY=open sesame")
	for _, f := range features[:bySSH] {
		t.Run(f.name, func(t *testing.T) {
			args := s.on("ssh", 2)
			if strings.Contains(f.scenario, "host: store") {
				args = append(args, "--host", "store=h4")
			}
			bundle, log, wait := s.start(t, strings.ReplaceAll(f.scenario, "[shopserver", "["+s.dir+"/shopserver")+"warmup: 100ms\n", args...)
			s.complete(t, bundle, log, wait())
			b, err := results.Open(bundle)
			if err != nil {
				t.Fatal(err)
			}
			checkFeature(t, b)
			f.check(t, b)
		})
	}
}

// featureRun prepares a run, in a folder with the files that the scenarios of features name.
func featureRun(t *testing.T, dir, scenario string, args ...string) *exec.Cmd {
	t.Helper()
	for _, name := range []string{"harness", "shopserver", "testserver"} {
		if err := os.Symlink(os.Args[0], filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	featureFiles(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "s.yaml"), []byte(scenario+"warmup: 100ms\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	words := append([]string{"harness", "run", "--quick", "--blocks", "1", "--no-progress", "--out", filepath.Join(dir, "bundle"), filepath.Join(dir, "s.yaml")}, args...)
	c := &exec.Cmd{Path: os.Args[0], Args: words}
	c.Env = append(os.Environ(), "TMPDIR="+dir, host.LockVariable+"="+filepath.Join(dir, "lock"), "SHOP_KEY=open sesame",
		"PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	return c
}

// featureFiles makes the files that the scenarios of features name, with the programs of the
// test in the same folder. A process that already runs has its number in one of them.
func featureFiles(t *testing.T, dir string) {
	t.Helper()
	certificate := exec.Command(filepath.Join(dir, "testserver"), "0", "certificate")
	certificate.Dir = dir
	if out, err := certificate.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	beside := exec.Command("sleep", "600")
	if err := beside.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = beside.Process.Kill()
		_ = beside.Wait()
	})
	for name, text := range map[string]string{
		"users.csv": "name\nann\nbob\n", "order.json": `{"item": "tea"}`, "pid": fmt.Sprintln(beside.Process.Pid),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// checkFeature requires every answer of every trial to be right, and every generator to
// have sent its share.
func checkFeature(t *testing.T, b *results.Bundle) {
	t.Helper()
	if len(b.Valid()) == 0 {
		t.Fatal("no trial counts")
	}
	for _, tr := range b.Valid() {
		sent := uint64(0)
		for _, h := range tr.Hosts {
			sent += h.Sent
		}
		for _, s := range tr.Streams {
			sent -= s.Sent
			if s.Recorded == 0 || s.Outcomes.OK != s.Recorded || s.Sent != s.Planned {
				t.Errorf("stream %s: %d recorded, %+v, sent %d of %d, errors %v", s.Name, s.Recorded, s.Outcomes, s.Sent, s.Planned, s.Errors)
			}
		}
		if sent != 0 {
			t.Errorf("the generators sent %d more than the streams", int64(sent))
		}
	}
}
