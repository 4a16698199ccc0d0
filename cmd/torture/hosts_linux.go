package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/assay-bench/assay/internal/hostlab"
	"github.com/assay-bench/assay/results"
)

// hostsScenario is a run on several hosts: {self} is this program as a server.
const hostsScenario = `version: 1
name: s
server:
  command: ["{self}", serve, "${host}:${port}", "{dir}"]
  ready: {path: /, timeout: 60s}
load: {open: {rate: 100/s, duration: 500ms}, connections: 4}
targets: [{path: /}]
warmup: 100ms
blocks: 2
`

// hostsPlanned is the number of trials of hostsScenario.
const hostsPlanned = 2

// cutFor is how long a host is cut off: long enough to be lost, and short enough to be
// reached again while the run waits for it.
const cutFor = 8 * time.Second

// hostFault is what happens to a run on several hosts. Host 0 leads the run, hosts 1 and 2
// are generators, and 3 is the server's.
type hostFault struct {
	name string
	do   func(*hostlab.Lab, *exec.Cmd)
}

// hostFaults are those that are tried, each in a run of its own.
func hostFaults() []hostFault {
	return []hostFault{
		{"a generator is killed", func(l *hostlab.Lab, _ *exec.Cmd) { signalWorkers(l.Hosts[2], syscall.SIGKILL) }},
		{"a generator is stopped for 5 s", func(l *hostlab.Lab, _ *exec.Cmd) {
			signalWorkers(l.Hosts[2], syscall.SIGSTOP)
			time.AfterFunc(5*time.Second, func() { signalWorkers(l.Hosts[2], syscall.SIGCONT) })
		}},
		{"the link of a generator is cut", func(l *hostlab.Lab, _ *exec.Cmd) { cut(l.Hosts[1]) }},
		{"the host of the server is cut off", func(l *hostlab.Lab, _ *exec.Cmd) { cut(l.Hosts[3]) }},
		{"the coordinator is killed", func(_ *hostlab.Lab, c *exec.Cmd) { _ = c.Process.Kill() }},
	}
}

// signalWorkers sends a signal to the workers on a host.
func signalWorkers(h *hostlab.Host, s syscall.Signal) {
	for _, p := range h.Processes() {
		if slices.Contains(p.Args, "--seat") && strings.HasSuffix(p.Args[0], "assay") {
			_ = syscall.Kill(p.ID, s) // it may just have ended
		}
	}
}

// cut cuts a host off the network for a while.
func cut(h *hostlab.Host) {
	h.Cut(true)
	time.AfterFunc(cutFor, func() { h.Cut(false) })
}

// loss is one try: what happens, and after which part of the time that a run takes.
type loss struct {
	hostFault
	// after is a share of the length of a run that nothing happens to, from 0 to 1.
	after float64
}

// severalHosts loses hosts of runs at random moments. Every engine that is here has hosts of
// its own, for all of its tries, and the engines are tried at once: most of a try is waiting.
func severalHosts(ctx context.Context, l *lab, r *result) {
	faults := hostFaults()
	engines := map[string][]string{"ssh": hostlab.SSHPrograms, "slurm": hostlab.SlurmPrograms}
	var names []string
	for _, name := range []string{"ssh", "slurm"} {
		if why := hostlab.Missing(engines[name]...); why != "" {
			r.skip(name, why)
			continue
		}
		names = append(names, name)
	}
	tries := map[string][]loss{}
	for i := range l.times(20, 3) {
		if len(names) > 0 {
			// The number of faults is odd, so that every engine has each of them.
			name := names[i%len(names)]
			tries[name] = append(tries[name], loss{faults[i%len(faults)], l.random.Float64()})
		}
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	for _, name := range names {
		s := &site{l: l, engine: name, dir: l.folder(), runs: l.folder()}
		attempt := func(what string, err error) {
			mu.Lock()
			defer mu.Unlock()
			r.attempt(what, err)
		}
		all.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					attempt(name, fmt.Errorf("panic: %v", p))
				}
			}()
			s.lose(ctx, tries[name], attempt)
		})
	}
	all.Wait()
}

// site are hosts with an engine.
type site struct {
	*hostlab.Lab
	l      *lab
	engine string
	// env is added to the environment of each run, so that it finds the engine.
	env  []string
	dir  string // of the hosts
	runs string // folder of the runs
	// made is how many folders of runs were made, from which their names are.
	made int
}

// lose makes the hosts and tries one loss after the other.
func (s *site) lose(ctx context.Context, tries []loss, attempt func(string, error)) {
	if err := s.open(); err != nil {
		attempt(s.engine, err)
		return
	}
	defer s.Close()
	length, err := s.undisturbed(ctx)
	if err != nil {
		attempt(s.engine+": a run that nothing happens to", err)
		return
	}
	for _, f := range tries {
		if ctx.Err() != nil {
			return
		}
		moment := time.Duration(f.after * float64(length))
		attempt(fmt.Sprintf("%s: after %v %s", s.engine, moment.Round(time.Millisecond), f.name), s.try(ctx, f.hostFault, moment))
	}
}

// open makes the hosts with their engine.
func (s *site) open() error {
	var err error
	if s.Lab, err = hostlab.New(hostlab.Config{Hosts: 4, Delay: time.Millisecond, Dir: s.dir}); err != nil {
		return err
	}
	if s.engine == "slurm" {
		var conf string
		conf, err = s.Slurm()
		s.env = []string{conf}
	} else {
		var folder string
		folder, err = s.SSH()
		s.env = []string{"PATH=" + folder + ":" + hostlab.Path()}
	}
	if err != nil {
		s.Close()
	}
	return err
}

// command is a run in a folder, or goes on with the one that is there.
func (s *site) command(dir string) *exec.Cmd {
	bundle := filepath.Join(dir, "bundle")
	args := []string{s.l.assay, "run", "--quick", "--blocks", "2", "--no-progress", "--out", bundle, "s.yaml",
		"--on", s.engine, "--host", "generators=h1,h2", "--server-on", "h3"}
	if results.Exists(bundle) {
		args = append(args, "--resume")
	}
	c := s.Hosts[0].Command(args...)
	c.Dir, c.Env = dir, append(c.Env, s.env...)
	return c
}

// folder makes a folder with the scenario.
func (s *site) folder() string {
	s.made++
	dir := filepath.Join(s.runs, strconv.Itoa(s.made))
	if err := os.Mkdir(dir, 0o755); err != nil {
		panic(err) // as in lab.folder
	}
	write(dir, "s.yaml", in(hostsScenario, "self", s.l.self, "dir", dir))
	return dir
}

// undisturbed makes a run that nothing happens to, and returns how long it takes.
func (s *site) undisturbed(ctx context.Context) (time.Duration, error) {
	dir := s.folder()
	defer os.RemoveAll(dir)
	begin := time.Now()
	if err := s.l.do(ctx, s.command(dir)).succeeded(); err != nil {
		return 0, err
	}
	return time.Since(begin), s.judge(ctx, dir)
}

// try lets something happen to a run at a moment. The run then either ends well, with the
// block repeated, or says why it does not; and can be continued to its end.
func (s *site) try(ctx context.Context, f hostFault, moment time.Duration) error {
	dir := s.folder()
	defer os.RemoveAll(dir)
	c := s.command(dir)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	c.WaitDelay = time.Second // its workers may have its output
	if err := c.Start(); err != nil {
		return err
	}
	hung := time.AfterFunc(limit, func() { _ = c.Process.Kill() })
	timer := time.AfterFunc(moment, func() { f.do(s.Lab, c) })
	err := c.Wait()
	timer.Stop()
	if !hung.Stop() {
		return errors.New("the run hung:\n" + tail(out.String()))
	}
	code := c.ProcessState.ExitCode()
	switch {
	case strings.Contains(out.String(), "panic:"):
		return errors.New("it panicked:\n" + tail(out.String()))
	case err != nil && code > 0 && !strings.Contains(out.String(), "assay: "):
		return fmt.Errorf("it ended with status %d, and did not say why:\n%s", code, tail(out.String()))
	}
	if err := s.quiet(ctx); err != nil {
		return err
	}
	for _, h := range s.Hosts {
		h.Cut(false)
	}
	b, err := results.Open(filepath.Join(dir, "bundle"))
	if err != nil || b.Manifest.State != results.StateComplete {
		if err := s.l.do(ctx, s.command(dir)).succeeded(); err != nil {
			return fmt.Errorf("resume: %w", err)
		}
	}
	return s.judge(ctx, dir)
}

// judge requires the run in a folder to be complete, and nothing of it to be left.
func (s *site) judge(ctx context.Context, dir string) error {
	bundle := filepath.Join(dir, "bundle")
	if differences, err := results.Verify(bundle); err != nil || len(differences) > 0 {
		return fmt.Errorf("verify: %v %w", differences, err)
	}
	b, err := results.Open(bundle)
	if err != nil {
		return err
	}
	count := map[string]int{}
	for _, t := range b.Valid() {
		count[results.TrialID(t.Scenario, t.Variant, t.Matrix, t.Block, 1)]++
		if st := t.Streams[0]; st.Sent != st.Planned || len(t.Hosts) != 3 {
			return fmt.Errorf("trial %s: %d of %d sent, by %d hosts", t.ID, st.Sent, st.Planned, len(t.Hosts))
		}
	}
	for _, p := range b.Manifest.Plan {
		if n := count[p.ID]; n != 1 {
			return fmt.Errorf("trial %s counts %d times", p.ID, n)
		}
	}
	if len(count) != hostsPlanned {
		return fmt.Errorf("%d trials, %d were planned", len(count), hostsPlanned)
	}
	return s.quiet(ctx)
}

// quiet requires every worker and server to end.
func (s *site) quiet(ctx context.Context) error {
	for _, h := range s.Hosts {
		var left []string
		if !await(ctx, func() bool {
			left = nil
			for _, p := range h.Processes() {
				if p.Args[0] == s.l.assay || p.Args[0] == s.l.self {
					left = append(left, strings.Join(p.Args, " "))
				}
			}
			return len(left) == 0
		}) {
			return fmt.Errorf("left on %s: %q", h.Name, left)
		}
	}
	return nil
}
