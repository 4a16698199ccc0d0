package trial

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// command is a scenario whose server is this test binary.
const command = `version: 1
name: several
server: {command: ["%s"], env: {TRIAL_TEST_SERVER: "${host}:${port}"}, ready: {timeout: 2m}}
load: {%s, timeout: 1m, connections: 4}
targets: [{name: a, path: /a, weight: 3}, {name: b, path: /b, headers: {X-Token: "${t}"}}]
setup: [{name: login, path: /login, extract: {t: {header: Date}}}]
warmup: 200ms
`

// specOf returns the trial of a scenario, with a log.
func specOf(t *testing.T, text string) Spec {
	t.Helper()
	s, err := scenario.Parse(filepath.Join(t.TempDir(), "f"), []byte(text), scenario.Options{})
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	cell := s.Cells()[0]
	return Spec{
		Scenario: s, Cell: cell, Attempt: 1, Lenient: true, RunStart: time.Now(), Log: log,
		Planned: results.Planned{Order: 1, Block: 1, Scenario: s.Name, Variant: cell.Variant, Seed: 1},
	}
}

// crewOf makes a crew of stations in this process. edit may replace members.
func crewOf(t *testing.T, s *scenario.Scenario, generators int, edit func(Member) Member) *Crew {
	t.Helper()
	station := func(name string) Member {
		st := NewStation(name, host.Placement{}, map[string]*scenario.Scenario{s.Name: s}, nil)
		t.Cleanup(func() { _ = st.Close() })
		return edit(st)
	}
	c := &Crew{Hosts: []Member{station("server")}, On: func(*scenario.Scenario, string) (int, string) { return 0, "127.0.0.1" }}
	for i := range generators {
		c.Generators = append(c.Generators, station(fmt.Sprintf("generator-%d", i)))
	}
	return c
}

func same(m Member) Member { return m }

// calm removes what depends on how busy the machine of the test is: it may not let this
// process run for a while.
func calm(invalid []string) []string {
	return slices.DeleteFunc(invalid, func(why string) bool {
		return strings.Contains(why, "the generator did not run") || strings.Contains(why, "its clock is known")
	})
}

// One generator or two: the same requests are sent, recorded and counted as by Run.
func TestSeveralHostsMakeTheSameLoad(t *testing.T) {
	for _, load := range []string{"open: {rate: 100/s, duration: 300ms}", "closed: {clients: 4, requests: 40}"} {
		text := fmt.Sprintf(command, os.Args[0], load)
		alone, err := Run(t.Context(), specOf(t, text))
		if err != nil {
			t.Fatal(err)
		}
		want := alone.Trial.Streams[0]
		for _, generators := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s, %d generators", want.Model, generators), func(t *testing.T) {
				t.Parallel()
				spec := specOf(t, text)
				res, err := RunOn(t.Context(), spec, crewOf(t, spec.Scenario, generators, same))
				if err != nil {
					t.Fatal(err)
				}
				got, tr := res.Trial.Streams[0], res.Trial
				if bad := calm(tr.Invalid); len(bad) > 0 {
					t.Errorf("void: %v", bad)
				}
				if got.Recorded != want.Recorded || got.Scheduled != want.Scheduled || got.Outcomes != want.Outcomes || got.Planned != got.Sent {
					t.Errorf("recorded %d of %d, sent %d of %d, outcomes %+v; alone %d of %d, %+v",
						got.Recorded, got.Scheduled, got.Sent, got.Planned, got.Outcomes, want.Recorded, want.Scheduled, want.Outcomes)
				}
				if want.Model == results.ModelOpen && (got.Sent != want.Sent || got.Targets[0].Recorded != want.Targets[0].Recorded) {
					t.Errorf("sent %d, target a %d; alone %d, %d", got.Sent, got.Targets[0].Recorded, want.Sent, want.Targets[0].Recorded)
				}
				checkHosts(t, &tr, generators)
			})
		}
	}
}

// checkHosts checks what is recorded of every host.
func checkHosts(t *testing.T, tr *results.Trial, generators int) {
	t.Helper()
	sent := uint64(0)
	for i, h := range tr.Hosts {
		role := results.RoleGenerator
		if i >= generators {
			role = results.RoleServer
		}
		if h.Role != role || h.Name == "" || (h.ServerRoundTrip != nil) != (role == results.RoleGenerator) || (h.Sent > 0) != (role == results.RoleGenerator) {
			t.Errorf("host %d is recorded as %+v", i, h)
		}
		sent += h.Sent
	}
	if len(tr.Hosts) != generators+1 || sent != tr.Streams[0].Sent {
		t.Errorf("%d hosts sent %d, want %d hosts and %d", len(tr.Hosts), sent, generators+1, tr.Streams[0].Sent)
	}
	if s := tr.Servers[0]; s.Name != "server" || s.Exit == "" || s.Crashed || s.Ready <= 0 {
		t.Errorf("server %+v", s)
	}
}

// faulty is a member that fails.
type faulty struct {
	Member
	attack error
	clock  func(Clock) Clock
	lose   bool // it loses the last request
	step   bool // its wall clock is set in the midst of the load
}

func (f *faulty) Attack(ctx context.Context, zero time.Time) (*Drive, error) {
	if f.attack != nil {
		return nil, f.attack
	}
	d, err := f.Member.Attack(ctx, zero)
	if err == nil && f.lose {
		d.Streams[0].Numbers.Count--
	}
	if err == nil && f.step {
		d.Machine.Boot, d.Machine.Watch.ClockStep = "another machine", -1
	}
	return d, err
}

func (f *faulty) Clock(ctx context.Context) (Clock, error) {
	c, err := f.Member.Clock(ctx)
	if err == nil && f.clock != nil {
		c = f.clock(c)
	}
	return c, err
}

// What a host spoils makes the trial void, and leaves no server behind.
func TestVoidTrials(t *testing.T) {
	moved := time.Duration(0)
	for _, c := range []struct {
		name string
		faulty
		want string
		hard bool // an error, and not a void trial
	}{
		{"lost", faulty{attack: &Void{errors.New("it was lost")}}, "generator-1: it was lost", false},
		{"late", faulty{attack: late(time.Second)}, "ready 1s after", false},
		{"broken", faulty{attack: errors.New("out of memory")}, "generator-1: out of memory", true},
		{"slow network", faulty{clock: func(Clock) Clock { return Clock{Error: time.Second} }}, "known to within 1000.0 ms", false},
		{"clock runs away", faulty{clock: func(Clock) Clock { moved += time.Hour; return Clock{Offset: moved} }}, "its clock moved by 3600000", false},
		{"clock is set", faulty{step: true}, "generator-1: the wall clock was stepped by -1.000 s", false},
		{"request lost", faulty{lose: true}, "stream load: slice 1 of 2", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			spec := specOf(t, fmt.Sprintf(command, os.Args[0], "open: {rate: 50/s, duration: 200ms}"))
			crew := crewOf(t, spec.Scenario, 2, func(m Member) Member {
				if m.Name() != "generator-1" {
					return m
				}
				f := c.faulty
				f.Member = m
				return &f
			})
			res, err := RunOn(t.Context(), spec, crew)
			if c.hard {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Fatalf("error %v, want %q", err, c.want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if tr := res.Trial; tr.Valid || !strings.Contains(strings.Join(tr.Invalid, "\n"), c.want) {
				t.Errorf("valid %v, %q, want %q", tr.Valid, tr.Invalid, c.want)
			}
			if err := results.ReadLog(rewound(t, spec.Log), func(results.Interval) error { return nil }); err != nil {
				t.Errorf("the log of a void trial cannot be read: %v", err)
			}
		})
	}
}

func rewound(t *testing.T, f *os.File) *os.File {
	t.Helper()
	if _, err := f.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	return f
}

// A server that ends before the load can reach it explains the failure.
func TestServerThatListensElsewhere(t *testing.T) {
	text := strings.Replace(fmt.Sprintf(command, os.Args[0], "open: {rate: 50/s, duration: 200ms}"), "ready:", "ready_:", 1)
	text = strings.Replace(text, "ready_: {timeout: 2m}", `ready: {path: "http://127.0.0.1:${port}/", timeout: 2m}`, 1)
	text = strings.Replace(text, "${host}", "127.0.0.1", 1)
	text = strings.Replace(text, `, headers: {X-Token: "${t}"}`, "", 1)
	spec := specOf(t, text[:strings.Index(text, "setup")])
	crew := crewOf(t, spec.Scenario, 1, same)
	// 127.0.0.2 is this host too, and the server does not listen there.
	crew.On = func(*scenario.Scenario, string) (int, string) { return 0, "127.0.0.2" }
	_, err := RunOn(t.Context(), spec, crew)
	if err == nil || !strings.Contains(err.Error(), "generator-0: the server at 127.0.0.2:") || !strings.Contains(err.Error(), "write ${host} in its command") {
		t.Errorf("error %v", err)
	}
}

// What disturbed a trial is that of the host that was disturbed most, and says which one.
func TestDisturbancesNameTheHost(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	program := func(name string) []results.Program { return []results.Program{{Name: name, PID: 7, CPU: 0.5}} }
	r := &joint{runner: &runner{}, crew: &Crew{
		Generators: []Member{NewStation("generator-0", host.Placement{}, nil, nil)}, Hosts: []Member{NewStation("db", host.Placement{}, nil, nil)},
	}}
	r.watched = results.HostWatch{Foreign: v(0.1), Steal: v(0.2), Programs: program("here")}
	r.drives = []*Drive{{Machine: Machine{Boot: "g", Watch: results.HostWatch{Foreign: v(0.3), GeneratorGap: 0.7, ClockStep: -0.2, Programs: program("cc1")}}}}
	r.rests = []*Rest{{Machine: Machine{Boot: "d", Watch: results.HostWatch{Foreign: v(0.6), Steal: v(0.1), Throttled: v(0.5), ClockStep: 0.1, Programs: program("backup")}}}}
	tr := results.Trial{Host: r.machines()}
	check(&tr, 0.2, false)
	got := strings.Join(tr.Invalid, "\n")
	for _, want := range []string{
		"db: other programs took 60 % of a CPU (limit 20 %), above all backup (pid 7) 50 %", "coordinator: the hypervisor took 20 %",
		"generator-0: the generator did not run for 0.70 s", "generator-0: the wall clock was stepped by -0.200 s",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in:\n%s", want, got)
		}
	}
	if warned := strings.Join(tr.Warnings, "\n"); !strings.Contains(warned, "db: threads waited 0.50 s per second for the CPU quota") {
		t.Errorf("no warning of the quota of a host:\n%s", warned)
	}
	// On one machine there is nothing to tell apart.
	r.drives[0].Machine.Boot, r.rests[0].Machine.Boot = host.Boot(), host.Boot()
	if w := r.machines(); w.Hosts != nil {
		t.Errorf("one machine: %+v", w.Hosts)
	}
}

// The servers that were started last end first, whatever their hosts are called.
func TestServersEndInReverseOrder(t *testing.T) {
	r := &joint{crew: &Crew{Generators: make([]Member, 2), Hosts: make([]Member, 4)}, hosting: []int{2, 0, 2, 3}}
	if got, want := r.ending(), []int{0, 1, 5, 4, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Hosts on one machine are not foreign to each other, and those on another are.
func TestForeign(t *testing.T) {
	v := func(x float64) *float64 { return &x }
	all := []*Machine{
		{Boot: "one", Watch: results.HostWatch{Foreign: v(1.75)}, Own: v(0.25)},
		{Boot: "one", Watch: results.HostWatch{Foreign: v(1)}, Own: v(1)},
		{Boot: "two", Watch: results.HostWatch{Foreign: v(0.5)}, Own: v(1)},
		{Boot: "", Watch: results.HostWatch{Foreign: v(0.125)}},
		{Boot: "two"},
	}
	for i, want := range []float64{0.75, 0.75, -1, 0.125, -1} {
		got := foreign(all, i)
		if (got == nil) != (want < 0) || got != nil && *got != want {
			t.Errorf("foreign of %d is %v, want %v", i, got, want)
		}
	}
}
