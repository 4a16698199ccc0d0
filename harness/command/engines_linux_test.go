package command

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/hostlab"
	"github.com/assay-bench/assay/results"
)

// site are hosts with an engine that starts workers on them, and the programs of this test.
// Host 0 leads the run.
type site struct {
	*hostlab.Lab
	dir  string
	env  []string // of the engine
	runs int
}

// newSite makes hosts. It skips the test where that is not possible, and says why.
func newSite(t *testing.T, engine string, c hostlab.Config) *site {
	t.Helper()
	var programs []string
	switch engine {
	case "ssh":
		programs = hostlab.SSHPrograms
	case "slurm":
		programs = hostlab.SlurmPrograms
	}
	if why := hostlab.Missing(programs...); why != "" {
		t.Skip("SKIPPED: " + why)
	}
	dir := t.TempDir()
	c.Dir = filepath.Join(dir, "lab")
	if err := os.Mkdir(c.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := hostlab.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.Close)
	s := &site{Lab: l, dir: dir}
	switch engine {
	case "ssh":
		var folder string
		folder, err = l.SSH()
		s.env = []string{"PATH=" + folder + ":" + hostlab.Path()}
	case "slurm":
		var conf string
		conf, err = l.Slurm()
		s.env = []string{conf}
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"harness", "testserver", "echo"} {
		if err := os.Symlink(os.Args[0], filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// program is one of the programs of the test, on a host.
func (s *site) program(host int, words ...string) *exec.Cmd {
	c := s.Hosts[host].Command(append([]string{filepath.Join(s.dir, words[0])}, words[1:]...)...)
	c.Env, c.Dir = append(c.Env, s.env...), s.dir
	return c
}

// start starts a run on host 0. The bundle is that of the number of the run, and wait ends
// with the run.
func (s *site) start(t *testing.T, scenario string, args ...string) (bundle string, log *bytes.Buffer, wait func() error) {
	t.Helper()
	s.runs++
	file := filepath.Join(s.dir, "s.yaml")
	if err := os.WriteFile(file, []byte(scenario), 0o600); err != nil {
		t.Fatal(err)
	}
	bundle = filepath.Join(s.dir, "bundle"+strconv.Itoa(s.runs))
	c := s.program(0, append([]string{"harness", "run", "--quick", "--blocks", "1", "--no-progress", "--out", bundle, file}, args...)...)
	log = new(bytes.Buffer)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	return bundle, log, c.Wait
}

// complete requires a run to have ended well, with one trial that counts, and returns that.
// No worker is left on any host.
func (s *site) complete(t *testing.T, bundle string, log *bytes.Buffer, err error) *results.Trial {
	t.Helper()
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	if diffs, err := results.Verify(bundle); err != nil || len(diffs) > 0 {
		t.Errorf("verify: %v %v", diffs, err)
	}
	b, err := results.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	valid := b.Valid()
	if len(valid) != 1 {
		t.Fatalf("%d trials count\n%s", len(valid), log)
	}
	s.quiet(t)
	return &valid[0]
}

// quiet waits until nothing of a run is left on any host.
func (s *site) quiet(t *testing.T) {
	t.Helper()
	for _, h := range s.Hosts {
		await(t, "the end of the workers on "+h.Name, func() bool { return len(workersOn(h)) == 0 })
	}
}

// workersOn returns the processes on a host that are workers or servers of the run.
func workersOn(h *hostlab.Host) (all []hostlab.Process) {
	for _, p := range h.Processes() {
		if slices.Contains(p.Args, "--seat") && !strings.HasSuffix(p.Args[0], "srun") || strings.HasSuffix(p.Args[0], "testserver") && !slices.Contains(p.Args, "daemon") {
			all = append(all, p)
		}
	}
	return all
}

// on are the flags of a run by an engine: generators on hosts 1 to n, and the server on the
// next one.
func (s *site) on(engine string, generators int) []string {
	var nodes []string
	for i := range generators {
		nodes = append(nodes, fmt.Sprintf("h%d", i+1))
	}
	return []string{"--on", engine, "--worker", filepath.Join(s.dir, "harness"), "--host", "generators=" + strings.Join(nodes, ","), "--server-on", fmt.Sprintf("h%d", generators+1)}
}

// steady is a load of which every request takes as long as the network.
const steady = `version: 1
name: s
%s
load: {open: {rate: 200/s, duration: 2s}, connections: 8, timeout: 1m}
targets: [{path: /}]
warmup: 200ms
`

// By every engine two generators load a server on a third host over a link that holds every
// packet for 1 ms, each way. What they see is what loopback shows and the round trip of the
// link, which a plain connection measures meanwhile. The machine of a test is busy, and now
// and then one of the three is disturbed: then all are measured again. Where loopback alone
// takes as long as a part of the link, waiting for a CPU is most of all three figures, and
// they do not add up: such a machine decides nothing.
func TestEngines(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	for _, engine := range []string{"local", "ssh", "slurm"} {
		t.Run(engine, func(t *testing.T) {
			s := newSite(t, engine, hostlab.Config{Hosts: 4, Delay: time.Millisecond})
			mark := filepath.Join(s.Temp, "..", "mark")
			server := fmt.Sprintf(`server: {command: [%s/testserver, "${host}:${port}", mark], env: {MARK: %s}, ready: {path: /health, timeout: 2m}}`, s.dir, mark)
			scenario, args, from := fmt.Sprintf(steady, server), s.on(engine, 2), 1
			if engine == "local" { // all its workers are on one host, so the server is one that runs
				d := s.program(3, "testserver", s.Hosts[3].Address+":7000", "mark", "daemon")
				d.Env = append(d.Env, "MARK="+mark)
				if err := d.Start(); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() {
					_ = d.Process.Kill()
					_ = d.Wait()
				})
				scenario = fmt.Sprintf(steady, `server: {url: "http://`+s.Hosts[3].Address+`:7000", ready: {path: /health, timeout: 2m}}`)
				args, from = []string{"--on", "local", "--generators", "2", "--allow-remote", s.Hosts[3].Address}, 0
			}
			var said []string
			decided, tries := 0, 6
			for range tries {
				bundle, log, wait := s.start(t, fmt.Sprintf(steady, server))
				loop := s.complete(t, bundle, log, wait())
				os.Remove(mark)
				far, trips := s.beside(t, scenario, args, from, mark)
				checkSent(t, far)
				trip := trips.median
				want := median(loop) + trip
				got := median(far)
				line := fmt.Sprintf("p50 %.3f ms; %.3f ms over loopback and a round trip of %.3f ms", 1e3*got, 1e3*(want-trip), 1e3*trip)
				if math.Abs(got/want-1) <= 0.1 {
					t.Log(line)
					return
				}
				said = append(said, line)
				if want-trip > trip/5 {
					continue
				}
				if decided++; decided == 3 {
					break
				}
			}
			if decided < 3 {
				t.Skipf("SKIPPED: the machine is too busy to tell what a link takes:\n%s", strings.Join(said, "\n"))
			}
			t.Errorf("p50 is never within 10 %% of what it should be:\n%s", strings.Join(said, "\n"))
		})
	}
}

// median is the p50 of a trial, in seconds.
func median(tr *results.Trial) float64 { return *tr.Streams[0].Headline.At(0.5) / 1e9 }

// trips are the times of exchanges over a plain connection, in seconds.
type trips struct{ median, p95 float64 }

// beside makes a run, and measures round trips from a host to the last one while there is
// load: the file mark says when.
func (s *site) beside(t *testing.T, scenario string, args []string, from int, mark string) (tr *results.Trial, plain trips) {
	t.Helper()
	to := s.Hosts[len(s.Hosts)-1]
	e := s.program(len(s.Hosts)-1, "echo", to.Address+":7001")
	if err := e.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = e.Process.Kill()
		_ = e.Wait()
	}()
	bundle, log, wait := s.start(t, scenario, args...)
	over := make(chan error, 1)
	go func() { over <- wait() }()
	var err error
	ended := false
	await(t, "the load", func() bool {
		select {
		case err = <-over:
			ended = true
		default:
		}
		_, missing := os.Stat(mark)
		return ended || missing == nil
	})
	out, echoErr := s.program(from, "echo", to.Address+":7001", "300", "5ms").Output()
	if !ended {
		err = <-over
	}
	tr = s.complete(t, bundle, log, err)
	_, convErr := fmt.Sscan(string(out), &plain.median, &plain.p95)
	if why := errors.Join(echoErr, convErr); why != nil {
		t.Fatalf("echo: %v\n%s", why, log)
	}
	return tr, plain
}

// checkSent checks that all of the load was sent, each generator its half.
func checkSent(t *testing.T, tr *results.Trial) {
	t.Helper()
	s := tr.Streams[0]
	if s.Sent != s.Planned || s.Recorded != s.Scheduled || s.Scheduled != 400 || s.Outcomes.OK != 400 || s.Headline.Count != 400 {
		t.Errorf("sent %d of %d, recorded %d of %d, outcomes %+v, %d in the histogram", s.Sent, s.Planned, s.Recorded, s.Scheduled, s.Outcomes, s.Headline.Count)
	}
	for _, h := range tr.Hosts[:2] {
		if h.Sent != s.Sent/2 || h.ClockError <= 0 || h.ServerRoundTrip == nil || *h.ServerRoundTrip <= 0 {
			t.Errorf("%s sent %d of %d: %+v", h.Name, h.Sent, s.Sent, h)
		}
	}
}

// A generator is killed under load: its block is void, and repeated with a new worker.
func TestKilledGenerator(t *testing.T) {
	for _, engine := range []string{"ssh", "slurm"} {
		t.Run(engine, func(t *testing.T) {
			if testing.Short() {
				t.Skip("SKIPPED: a part of the full form: make test-all")
			}
			s := newSite(t, engine, hostlab.Config{Hosts: 4})
			mark := filepath.Join(s.dir, "mark")
			server := fmt.Sprintf(`server: {command: [%s/testserver, "${host}:${port}", mark], env: {MARK: %s}, ready: {path: /health, timeout: 2m}}`, s.dir, mark)
			bundle, log, wait := s.start(t, fmt.Sprintf(steady, server), s.on(engine, 2)...)
			over := make(chan error, 1)
			go func() { over <- wait() }()
			await(t, "the load", func() bool { _, err := os.Stat(mark); return err == nil })
			for _, p := range workersOn(s.Hosts[2]) {
				if err := syscall.Kill(p.ID, syscall.SIGKILL); err != nil {
					t.Error(err)
				}
			}
			checkSent(t, s.complete(t, bundle, log, <-over))
			b, err := results.Open(bundle)
			if err != nil {
				t.Fatal(err)
			}
			if first := b.Trials[0]; first.Valid || !strings.Contains(first.Why(), "the worker was lost") {
				t.Errorf("the trial whose generator was killed: valid %v, %q\n%s", first.Valid, first.Invalid, log)
			}
			for i, h := range b.Manifest.Topology.Hosts {
				if want := s.Hosts[i+1]; h.Address != want.Address || h.Node != want.Name {
					t.Errorf("host %d is %s at %s, want %s at %s", i, h.Node, h.Address, want.Name, want.Address)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(s.dir, ".assay-run-*")); len(left) > 0 {
				t.Errorf("left: %v", left)
			}
		})
	}
}

// Where nodes are not named, Slurm chooses them, and the bundle says which.
func TestSlurmChooses(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	s := newSite(t, "slurm", hostlab.Config{Hosts: 4})
	server := fmt.Sprintf(`server: {command: [%s/testserver, "${host}:${port}"], ready: {path: /health, timeout: 2m}}`, s.dir)
	bundle, log, wait := s.start(t, fmt.Sprintf(steady, server), "--on", "slurm", "--generators", "2", "--worker", filepath.Join(s.dir, "harness"))
	s.complete(t, bundle, log, wait())
	b, err := results.Open(bundle)
	if err != nil {
		t.Fatal(err)
	}
	var nodes []string
	for _, h := range b.Manifest.Topology.Hosts {
		nodes = append(nodes, h.Node)
	}
	if slices.Sort(nodes); !slices.Equal(nodes, []string{"h1", "h2", "h3"}) {
		t.Errorf("nodes %v", nodes)
	}
}
