package work

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/net/netutil"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// Options describe a coordinator.
type Options struct {
	// Listen is the address to listen on, host and port; port 0 is any. Address is the
	// host that workers dial; empty: that of Listen.
	Listen, Address string
	// Build is that of this program (see Build); workers must have the same.
	Build    string
	Seats    []Seat            // of all workers, at least one
	Shipment *Shipment         // sent to every worker
	Log      func(string)      // receives a line about everybody who is refused
	Live     func(attack.Live) // receives the progress of the load; may be nil
}

// Seat is a place for one worker.
type Seat struct {
	Name string // unique
	Role string // see package results
	// Placement is set for workers on this machine: the placement of the whole run.
	Placement *host.Placement
}

// Coordinator is the end of the connections that gives the orders.
type Coordinator struct {
	opt     Options
	epoch   time.Time // from which its clock counts
	config  Config
	server  *http.Server
	served  chan struct{}
	ear     *ear
	stop    chan struct{}
	ticks   sync.WaitGroup
	over    atomic.Bool // workers are to end
	closing sync.Once

	refusals atomic.Int64

	mu      sync.Mutex
	seats   map[string]*seat
	changed chan struct{} // closed and replaced when a seat is taken or lost
}

// Listen starts a coordinator.
func Listen(o Options) (*Coordinator, error) {
	pair, config, err := credentials()
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", o.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen for workers: %w", err)
	}
	address := l.Addr().(*net.TCPAddr)
	dialled := o.Address
	if dialled == "" {
		dialled = address.IP.String()
	}
	config.URL = "https://" + net.JoinHostPort(dialled, fmt.Sprint(address.Port))
	c := &Coordinator{
		opt: o, epoch: time.Now(), config: config, served: make(chan struct{}), stop: make(chan struct{}),
		seats: map[string]*seat{}, changed: make(chan struct{}),
	}
	if c.ear, err = newEar(c.now()); err != nil {
		l.Close()
		return nil, err
	}
	for _, s := range o.Seats {
		c.seats[s.Name] = newSeat(c, s)
	}
	c.server = &http.Server{
		Handler: c.handler(), ErrorLog: log.New(refusals{c}, "", 0),
		ReadHeaderTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13, NextProtos: []string{"http/1.1"}},
	}
	go func() {
		defer close(c.served)
		_ = c.server.ServeTLS(netutil.LimitListener(l, 64+8*len(o.Seats)), "", "")
	}()
	c.ticks.Go(c.watch)
	return c, nil
}

// Config is what workers have to know.
func (c *Coordinator) Config() Config { return c.config }

// now reads the clock of the coordinator.
func (c *Coordinator) now() time.Duration { return time.Since(c.epoch) }

// handler dispatches requests. Nothing of a request is read before its token is known.
func (c *Coordinator) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /hello", c.hello)
	mux.HandleFunc("POST /next", c.seated((*seat).next))
	mux.HandleFunc("POST /done", c.seated((*seat).done))
	mux.HandleFunc("POST /beat", c.seated((*seat).beat))
	mux.HandleFunc("POST /clock", c.seated((*seat).clock))
	want := sha256.Sum256([]byte("Bearer " + c.config.Token))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
			c.refuse(w, r, http.StatusUnauthorized, "it does not have the token of this run")
			return
		}
		mux.ServeHTTP(w, r)
	})
}

const (
	// mostRefusals is how many refusals are logged.
	mostRefusals = 20
	// refusedFor is how long the rest of a request that is refused may take: net/http reads
	// some of it, so that the other end gets to read the answer.
	refusedFor = 2 * time.Second
)

// refuse answers a request that is not served, and logs why.
func (c *Coordinator) refuse(w http.ResponseWriter, r *http.Request, status int, why string) {
	// A stranger must not keep its connection by a message that never comes.
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(refusedFor))
	c.say(fmt.Sprintf("refused a worker at %s: %s", r.RemoteAddr, why))
	w.Header().Set("Connection", "close")
	http.Error(w, why, status)
}

// say logs a refusal, unless there were too many.
func (c *Coordinator) say(line string) {
	switch n := c.refusals.Add(1); {
	case c.opt.Log == nil || n > mostRefusals:
	case n == mostRefusals:
		c.opt.Log(line + " (further refusals are not shown)")
	default:
		c.opt.Log(line)
	}
}

// refusals receives what net/http logs: mostly handshakes that failed.
type refusals struct{ *Coordinator }

// Write logs a line as a refusal.
func (r refusals) Write(line []byte) (int, error) {
	r.say("refused a connection: " + strings.TrimSpace(string(line)))
	return len(line), nil
}

// hello gives a seat to a worker.
func (c *Coordinator) hello(w http.ResponseWriter, r *http.Request) {
	var h hello
	if err := decode(r.Body, mostSmall, &h); err != nil {
		c.refuse(w, r, http.StatusBadRequest, err.Error())
		return
	}
	s := c.seats[h.Seat]
	switch instance := r.Header.Get(workerHeader); {
	case h.Build != c.opt.Build:
		c.refuse(w, r, http.StatusConflict, fmt.Sprintf("the worker is of another build: its program has SHA-256 %s, that of the coordinator %s: install the same build on all hosts", h.Build, c.opt.Build))
	case s == nil || instance == "":
		c.refuse(w, r, http.StatusNotFound, fmt.Sprintf("there is no seat %q", h.Seat))
	case !s.take(instance, &h):
		c.refuse(w, r, http.StatusConflict, fmt.Sprintf("the seat %s is taken", h.Seat))
	default:
		reply(w, welcome{Role: s.Role, Shipment: c.opt.Shipment, Placement: s.Placement})
	}
}

// seated serves a request of a worker that has a seat.
func (c *Coordinator) seated(serve func(*seat, http.ResponseWriter, *http.Request)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		instance := r.Header.Get(workerHeader)
		for _, s := range c.seats {
			if s.has(instance) {
				s.alive()
				serve(s, w, r)
				return
			}
		}
		w.Header().Set("Connection", "close")
		http.Error(w, "this worker has no seat: it was lost, or the run goes on without it", http.StatusGone)
	}
}

// watch loses the workers of which there is no sign of life.
func (c *Coordinator) watch() {
	t := time.NewTicker(lookPeriod)
	defer t.Stop()
	defer c.ear.close()
	for {
		select {
		case <-t.C:
			waited := c.ear.listened(c.now())
			for _, s := range c.seats {
				s.overdue(waited)
			}
		case <-c.stop:
			return
		}
	}
}

// together is how the load of all generators goes: their rates add up, and the p99 is that
// of the slowest.
func (c *Coordinator) together() (sum attack.Live) {
	for _, s := range c.seats {
		s.mu.Lock()
		sum.Rate, sum.P99 = sum.Rate+s.live.Rate, max(sum.P99, s.live.P99)
		s.mu.Unlock()
	}
	return sum
}

// changes returns a channel that is closed when a seat is next taken or lost.
func (c *Coordinator) changes() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changed
}

// notify tells whoever waits that a seat was taken or lost.
func (c *Coordinator) notify() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.changed)
	c.changed = make(chan struct{})
}

// Empty returns the seats that no worker has, in the order of the options.
func (c *Coordinator) Empty() (names []string) {
	for _, s := range c.opt.Seats {
		if !c.seats[s.Name].taken() {
			names = append(names, s.Name)
		}
	}
	return names
}

// ErrAbsent is the error of Await if a worker does not come in time.
var ErrAbsent = errors.New("did not report")

// Await waits until all seats are taken. failed ends the wait with an error; it may be nil.
func (c *Coordinator) Await(ctx context.Context, most time.Duration, failed <-chan error) error {
	timer := time.NewTimer(most)
	defer timer.Stop()
	for {
		changed := c.changes()
		empty := c.Empty()
		if len(empty) == 0 {
			return nil
		}
		select {
		case <-changed:
		case err := <-failed:
			return err
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return fmt.Errorf("%s %w within %v: a worker has to reach %s; --listen gives another address", strings.Join(empty, ", "), ErrAbsent, most, c.config.URL)
		}
	}
}

// Lose empties a seat whose worker is known to be gone.
func (c *Coordinator) Lose(name, why string) {
	if s := c.seats[name]; s != nil {
		s.lose("", why)
	}
}

// Host returns what is known of the host of a seat that is or was taken.
func (c *Coordinator) Host(name string) results.TopologyHost { return c.seats[name].host() }

// leaveTime is how long Close waits for workers to leave.
const leaveTime = 10 * time.Second

// Close tells the workers that the run is over, waits for a while until they have left, and
// closes every connection. A second call does nothing.
func (c *Coordinator) Close() { c.closing.Do(c.close) }

// close does what Close says, once.
func (c *Coordinator) close() {
	c.over.Store(true)
	for _, s := range c.seats {
		s.wake()
	}
	timer := time.NewTimer(leaveTime)
	defer timer.Stop()
	for waiting := true; waiting; {
		changed := c.changes()
		if len(c.Empty()) == len(c.opt.Seats) {
			break
		}
		select {
		case <-changed:
		case <-timer.C:
			waiting = false
		}
	}
	close(c.stop)
	c.ticks.Wait()
	_ = c.server.Close()
	<-c.served
}

// Names returns the names of the seats with a role, in order.
func (c *Coordinator) Names(role string) (names []string) {
	for _, s := range c.opt.Seats {
		if s.Role == role {
			names = append(names, s.Name)
		}
	}
	return slices.Clip(names)
}
