package work

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/results"
)

// The test binary is the server under test.
func TestMain(m *testing.M) {
	if address := os.Getenv("WORK_TEST_SERVER"); address != "" {
		fmt.Println(http.ListenAndServe(address, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

// crew is a coordinator whose workers are goroutines of the test.
type crew struct {
	*Coordinator
	spec    trial.Spec
	mu      sync.Mutex
	log     []string
	workers sync.WaitGroup
	ends    map[string]context.CancelFunc
	errs    map[string]error // of workers that have ended
}

const load = `version: 1
name: several
server: {command: ["%s"], env: {WORK_TEST_SERVER: "${host}:${port}", KEY: "${secret.WORK_TEST_KEY}"}, ready: {timeout: 2m}}
secrets: [WORK_TEST_KEY]
load: {open: {rate: 100/s, duration: %s}, timeout: 1m, connections: 4}
vars: {v: {file: values.txt}}
targets: [{path: "/${v}"}]
warmup: 0s
`

// newCrew starts a coordinator for two generators and one host of servers.
func newCrew(t *testing.T, duration string) *crew {
	t.Helper()
	dir := t.TempDir()
	file := filepath.Join(dir, "s.yaml")
	for name, text := range map[string]string{"s.yaml": fmt.Sprintf(load, os.Args[0], duration), "values.txt": "a\nb\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	all, err := scenario.Load([]string{file}, scenario.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := all[0]
	if err := s.ReadSecrets(func(string) (string, bool) { return "a long secret", true }); err != nil {
		t.Fatal(err)
	}
	shipment, err := Ship(all, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	c := &crew{ends: map[string]context.CancelFunc{}, errs: map[string]error{}}
	o := Options{Listen: "127.0.0.1:0", Build: "this build", Shipment: shipment, Log: func(line string) {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.log = append(c.log, line)
	}}
	for _, seat := range []Seat{{Name: "generator-0", Role: results.RoleGenerator}, {Name: "generator-1", Role: results.RoleGenerator}, {Name: "server", Role: results.RoleServer}} {
		seat.Placement = new(host.Placement)
		o.Seats = append(o.Seats, seat)
	}
	if c.Coordinator, err = Listen(o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.Close()
		c.workers.Wait()
	})
	cell := s.Cells()[0]
	c.spec = trial.Spec{
		Scenario: s, Cell: cell, Attempt: 1, Lenient: true, RunStart: time.Now(),
		Planned: results.Planned{Order: 1, Block: 1, Scenario: s.Name, Variant: cell.Variant, Seed: 1},
	}
	return c
}

// loadScenarios is Worker.Load.
func loadScenarios(root string, s *Shipment) (map[string]*scenario.Scenario, error) {
	all, err := scenario.Load(s.Paths, scenario.Options{Root: root})
	if err != nil {
		return nil, err
	}
	byName := map[string]*scenario.Scenario{}
	for _, sc := range all {
		byName[sc.Name] = sc
		if err := sc.ReadSecrets(func(name string) (string, bool) { v, ok := s.Secrets[name]; return v, ok }); err != nil {
			return nil, err
		}
	}
	return byName, nil
}

// worker is one that takes a seat.
func (c *crew) worker(seat string) *Worker {
	return &Worker{Config: c.Config(), Seat: seat, Build: "this build", Load: loadScenarios}
}

// start lets workers take all seats that are empty.
func (c *crew) start(t *testing.T) {
	t.Helper()
	for _, seat := range c.Empty() {
		ctx, cancel := context.WithCancel(context.Background())
		c.mu.Lock()
		c.ends[seat] = cancel
		c.mu.Unlock()
		w := c.worker(seat)
		c.workers.Go(func() {
			defer cancel()
			err := w.Run(ctx)
			c.mu.Lock()
			defer c.mu.Unlock()
			// A worker that the test itself ended may return after the next one of its
			// seat, and says no more than that it was ended.
			if ctx.Err() == nil || !errors.Is(err, context.Canceled) {
				c.errs[seat] = err
			}
		})
	}
	if err := c.Await(t.Context(), 2*time.Minute, nil); err != nil {
		t.Fatal(err)
	}
}

// members is the crew as a trial needs it.
func (c *crew) members() *trial.Crew {
	return &trial.Crew{
		Generators: []trial.Member{c.Member("generator-0"), c.Member("generator-1")},
		Hosts:      []trial.Member{c.Member("server")},
		On:         func(*scenario.Scenario, string) (int, string) { return 0, c.Host("server").Address },
	}
}

// Workers that are told everything over the network make a trial, and another one after a
// worker was lost and replaced.
func TestWorkersMakeTrials(t *testing.T) {
	c := newCrew(t, "300ms")
	c.start(t)
	if r := c.run(t); len(r.Trial.Streams) != 1 || r.Trial.Streams[0].Sent != 30 || r.Trial.Streams[0].Outcomes.OK != 30 || len(r.Trial.Hosts) != 3 {
		t.Fatalf("%+v", r.Trial)
	} else if h := r.Trial.Hosts[1]; h.ClockError <= 0 || h.Sent != 15 {
		t.Errorf("generator-1: %+v", h)
	}
	c.ends["generator-1"]()
	c.await(func() bool { return len(c.Empty()) == 1 }) // its connection breaks
	if r := c.run(t); r.Trial.Valid || !strings.Contains(r.Trial.Why(), "generator-1: the worker was lost: its connection broke") {
		t.Errorf("valid %v, %q", r.Trial.Valid, r.Trial.Invalid)
	}
	c.start(t)
	if r := c.run(t); len(r.Trial.Streams) != 1 || r.Trial.Streams[0].Sent != 30 {
		t.Errorf("after a new worker came: %+v", r.Trial)
	}
	c.Close()
	c.workers.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := errors.Join(c.errs["generator-0"], c.errs["generator-1"], c.errs["server"]); err != nil {
		t.Errorf("workers ended with %v", err)
	}
	if len(c.log) > 0 {
		t.Errorf("refused: %q", c.log)
	}
}

// run makes a trial. On a machine that is very busy a generator may be late, which is what
// void trials are for: the trial is then made again.
func (c *crew) run(t *testing.T) *trial.Result {
	t.Helper()
	for {
		r, err := trial.RunOn(t.Context(), c.spec, c.members())
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.Trial.Why(), "it was ready") {
			return r
		}
	}
}

// await waits until something is true of the seats.
func (c *crew) await(reached func() bool) {
	for {
		changed := c.changes()
		if reached() {
			return
		}
		<-changed
	}
}

// A worker that is lost under load makes the trial void at once, and the others go on to
// the next one.
func TestWorkerIsLostUnderLoad(t *testing.T) {
	for _, seat := range []string{"generator-1", "server"} {
		t.Run(seat, func(t *testing.T) {
			t.Parallel()
			c := newCrew(t, "10m")
			c.start(t)
			c.spec.Live = nil
			attacked := make(chan struct{})
			m := c.members()
			m.Generators[0] = &announced{m.Generators[0], attacked}
			go func() {
				<-attacked
				c.mu.Lock()
				defer c.mu.Unlock()
				c.ends[seat]()
			}()
			r, err := trial.RunOn(t.Context(), c.spec, m)
			if err != nil {
				t.Fatal(err)
			}
			if r.Trial.Valid || !strings.Contains(r.Trial.Why(), seat) || !strings.Contains(r.Trial.Why(), "was lost") {
				t.Errorf("valid %v, %q", r.Trial.Valid, r.Trial.Invalid)
			}
		})
	}
}

// announced tells when its load is about to begin.
type announced struct {
	trial.Member
	attacked chan struct{}
}

func (a *announced) Attack(ctx context.Context, zero time.Time) (*trial.Drive, error) {
	close(a.attacked)
	return a.Member.Attack(ctx, zero)
}

// Whoever does not belong to the run is refused, and told why; the coordinator logs it.
func TestStrangersAreRefused(t *testing.T) {
	c := newCrew(t, "1s")
	other := newCrew(t, "1s")
	for _, s := range []struct {
		name string
		edit func(*Worker)
		want string // of the worker's error
		log  string
	}{
		{"token", func(w *Worker) { w.Config.Token = strings.Repeat("0", 64) }, "does not have the token", "does not have the token of this run"},
		{"authority", func(w *Worker) { w.Config.CA = other.Config().CA }, "certificate signed by unknown authority", "bad certificate"},
		{"build", func(w *Worker) { w.Build = "that build" }, "SHA-256 that build, that of the coordinator this build", "another build"},
		{"seat", func(w *Worker) { w.Seat = "generator-9" }, `no seat "generator-9"`, `no seat "generator-9"`},
	} {
		w := c.worker("generator-0")
		s.edit(w)
		if err := w.Run(t.Context()); err == nil || !strings.Contains(err.Error(), s.want) {
			t.Errorf("%s: error %v, want %q", s.name, err, s.want)
		}
		c.logged(t, s.log)
	}
	c.start(t)
	if err := c.worker("generator-0").Run(t.Context()); err == nil || !strings.Contains(err.Error(), "the seat generator-0 is taken") {
		t.Errorf("a second worker takes the seat: %v", err)
	}
}

// logged waits until a line was logged.
func (c *crew) logged(t *testing.T, want string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); ; time.Sleep(time.Millisecond) {
		c.mu.Lock()
		all := strings.Join(c.log, "\n")
		c.mu.Unlock()
		if strings.Contains(all, want) {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("logged:\n%s\nwant %q", all, want)
		}
	}
}

// Nothing but TLS 1.3 is spoken.
func TestOldTLS(t *testing.T) {
	c := newCrew(t, "1s")
	secure, err := c.Config().client()
	if err != nil {
		t.Fatal(err)
	}
	secure.MinVersion, secure.MaxVersion = tls.VersionTLS12, tls.VersionTLS12
	if conn, err := tls.Dial("tcp", strings.TrimPrefix(c.Config().URL, "https://"), secure); err == nil {
		conn.Close()
		t.Error("TLS 1.2 was accepted")
	}
}

// A worker whose coordinator is silent ends its servers and itself.
func TestCoordinatorIsGone(t *testing.T) {
	c := newCrew(t, "10m")
	wall := newWall(t, strings.TrimPrefix(c.Config().URL, "https://"))
	w := c.worker("server")
	w.Config.URL = "https://" + wall.l.Addr().String()
	ended := make(chan error, 1)
	go func() { ended <- w.Run(context.Background()) }()
	m := c.Member("server")
	c.await(func() bool { return len(c.Empty()) == 2 })
	ports, err := m.Begin(t.Context(), trial.Task{Cell: c.spec.Cell, Planned: c.spec.Planned, Attempt: 1, Servers: []string{"server"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := m.Start(t.Context(), scenario.Env{Ports: ports}, "server"); err != nil {
		t.Fatal(err)
	}
	address := fmt.Sprintf("127.0.0.1:%d", ports["server"])
	if conn, err := net.Dial("tcp", address); err != nil {
		t.Fatal(err)
	} else {
		conn.Close()
	}
	wall.shut()
	if err := <-ended; !errors.Is(err, ErrGone) {
		t.Errorf("the worker ended with %v", err)
	}
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		t.Error("its server still runs")
	}
	// The coordinator sees no sign of life.
	c.await(func() bool { return len(c.Empty()) == 3 })
	var void *trial.Void
	if _, err := m.Clock(t.Context()); !errors.As(err, &void) || !strings.Contains(err.Error(), "no sign of life for 3s") {
		t.Errorf("error %v", err)
	}
}
