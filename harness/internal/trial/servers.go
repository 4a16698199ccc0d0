package trial

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/process"
	"github.com/assay-bench/assay/harness/internal/process/kin"
	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// server is one server of the trial. process is nil for a server that already ran.
type server struct {
	scenario.Server
	process *process.Process
	also    []*kin.Group // what belongs to it although nobody here started it
	secure  *tls.Config  // of its https URLs; nil: the system's authorities
	ready   time.Duration
	closes  bool // the server was seen to close a connection after an answer
}

// start starts the servers in order.
func (r *runner) start(ctx context.Context) error {
	for _, s := range r.resolved.Servers {
		if _, err := r.take(ctx, s); err != nil {
			return fmt.Errorf("trial %s: %w", r.spec.ID(), err)
		}
	}
	return nil
}

// take starts one server, or waits for one that already runs. From then on it is watched
// and, if it was started, stopped with the trial, with an error too.
func (r *runner) take(ctx context.Context, s scenario.Server) (*server, error) {
	started, err := r.startOne(ctx, s)
	if err != nil {
		return nil, err
	}
	r.servers = append(r.servers, started)
	if err := started.findAlso(); err != nil {
		return nil, err
	}
	return started, started.checkOwner(r.env.Ports[s.Name])
}

// startOne starts a server and waits until it is ready. A server without a command runs
// already; for that one it only waits.
func (r *runner) startOne(ctx context.Context, s scenario.Server) (*server, error) {
	secure, err := s.TLS.Config()
	if err != nil {
		return nil, fmt.Errorf("server %s: %w", s.Name, err)
	}
	if len(s.Command) > 0 {
		p, err := process.Start(ctx, process.Spec{
			Name: s.Name, Command: s.Command, Env: s.Env, Dir: s.Dir, CPUs: r.placement.Server,
			Ready: s.Ready, TLS: secure, ReadyTimeout: s.ReadyTimeout, StopSignal: s.StopSignal, StopTimeout: s.StopTimeout,
		})
		if err != nil {
			return nil, fmt.Errorf("%w%s", err, portHolder(r.env.Ports[s.Name]))
		}
		return &server{Server: s, process: p, secure: secure, ready: p.ReadyIn, closes: !p.KeepAlive && answered(s)}, nil
	}
	begin := time.Now()
	waiting, cancel := context.WithTimeout(ctx, s.ReadyTimeout)
	defer cancel()
	keepAlive, err := process.AwaitReady(waiting, s.Ready, secure, nil)
	var never *process.NeverError
	if errors.As(err, &never) {
		return nil, fmt.Errorf("server %s, which should already be running: %w", s.Name, err)
	}
	if err != nil {
		return nil, fmt.Errorf("server %s, which should already be running, is not ready within %v: %w", s.Name, s.ReadyTimeout, err)
	}
	return &server{Server: s, secure: secure, ready: time.Since(begin), closes: !keepAlive && answered(s)}, nil
}

// answered reports whether readiness was shown by an answer of the server that is
// loaded, and not by a mere connection or by another server.
func answered(s scenario.Server) bool {
	if strings.HasPrefix(s.Ready, "tcp://") || reach.ConnectOnly(s.Ready) || reach.SocketFile(s.Ready) != reach.SocketFile(s.URL) {
		return false
	}
	ready, err1 := url.Parse(reach.HTTP(s.Ready))
	loaded, err2 := url.Parse(reach.HTTP(s.URL))
	return err1 == nil && err2 == nil && ready.Scheme == loaded.Scheme && strings.EqualFold(ready.Host, loaded.Host)
}

// deaths returns the end of the log of every server that has exited, for an error
// message.
func (r *runner) deaths() string {
	var s string
	for _, sv := range r.servers {
		if sv.process == nil {
			continue
		}
		select {
		case <-sv.process.Ended():
			s += fmt.Sprintf("\n  server %s has exited (%s); its last output:\n%s", sv.Name, sv.process.Exit(), sv.process.Log())
		default:
		}
	}
	return s
}

// stop ends the servers in reverse order, and returns how each ended. A second call
// does nothing.
func (r *runner) stop() []results.ServerResult {
	res := make([]results.ServerResult, len(r.servers))
	for i := len(r.servers) - 1; i >= 0; i-- {
		s := r.servers[i]
		sr := &res[i]
		if i < len(r.monitors) {
			*sr = r.monitors[i].result()
		}
		sr.Name, sr.Ready = s.Name, s.ready.Seconds()
		if s.process == nil {
			continue
		}
		sr.CPUs = r.placement.Server
		if sr.Procs == 0 {
			sr.Procs = len(sr.CPUs)
		}
		select {
		case <-s.process.Ended():
			sr.Crashed = true
		default:
		}
		r.noteEarly(s)
		sr.Drain = s.process.Stop().Seconds()
		sr.Exit = s.process.Exit()
		if sr.Crashed {
			sr.LogTail = s.process.Log()
		}
		for _, remains := range s.process.Remains() {
			r.remaining = append(r.remaining, "server "+s.Name+": "+remains)
		}
	}
	r.servers = nil
	return res
}

// noteEarly notes a command that ended while what it started went on.
func (r *runner) noteEarly(s *server) {
	if early := s.process.Early(); early != "" {
		r.early = append(r.early, "server "+s.Name+": "+early)
	}
}

// stuck returns an error if processes of a stopped server are still there: they would
// disturb every trial after this one.
func (r *runner) stuck() error {
	if len(r.remaining) == 0 {
		return nil
	}
	return fmt.Errorf("trial %s: these could not be ended, end them yourself: %s", r.spec.ID(), strings.Join(r.remaining, ", "))
}
