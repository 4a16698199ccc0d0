package work

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/trial"
	"github.com/assay-bench/assay/internal/scratch"
	"github.com/assay-bench/assay/results"
)

// Worker is the end of the connections that follows the orders.
type Worker struct {
	Config Config // how to reach the coordinator
	Seat   string // name of its seat
	Node   string // what the engine calls this host; empty: it does not say
	Build  string // of this program, see Build
	// Load makes the scenarios of a shipment whose files lie in a folder (see
	// scenario.Options), by name.
	Load func(root string, s *Shipment) (map[string]*scenario.Scenario, error)
	// Lock reserves this machine. It is called by workers that do not share the machine
	// of the coordinator.
	Lock func() (*host.Reservation, error)
}

// Unreachable is what a worker says, after the address, if it never reached the coordinator.
const Unreachable = "cannot be reached from here"

// Reasons for which a worker ends before the run is over.
var (
	ErrGone     = fmt.Errorf("the coordinator was not reached for %v", goneAfter)
	ErrReplaced = errors.New("the coordinator goes on without this worker")
	ErrInput    = errors.New("the standard input ended")
)

// working is the state of a worker that has a seat.
type working struct {
	*Worker
	instance string
	epoch    time.Time // from which its clock counts
	end      context.CancelCauseFunc
	reached  atomic.Int64 // when the coordinator last answered, since epoch
	live     atomic.Pointer[attack.Live]

	orders, beats, clocks *http.Client

	station *trial.Station
	offset  time.Duration // coordinator − worker, of the latest comparison
	steps   sync.Mutex    // one step of a trial at a time

	mu      sync.Mutex
	running map[uint64]context.CancelFunc
}

// Run takes the seat and follows orders until the run is over, which gives nil. When it
// returns, every process that it started has ended.
func (w *Worker) Run(ctx context.Context) error {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	k := &working{Worker: w, instance: rand.Text(), epoch: time.Now(), end: end, running: map[uint64]context.CancelFunc{}}
	if err := k.dialers(); err != nil {
		return err
	}
	defer k.hangUp()
	welcome, err := k.hello(ctx)
	if err != nil {
		return err
	}
	var aside sync.WaitGroup
	defer aside.Wait()
	defer end(nil)
	listening, err := newEar(k.now())
	if err != nil {
		return err
	}
	aside.Go(func() { k.signs(ctx, listening) })
	release, err := k.settle(welcome)
	if err != nil {
		return err
	}
	defer release()
	defer k.station.Abandon()
	err = k.follow(ctx)
	if cause := context.Cause(ctx); cause != nil && err != nil {
		return cause
	}
	return err
}

// dialers makes the clients: one for each purpose, so that no message waits for another.
func (w *working) dialers() error {
	secure, err := w.Config.client()
	if err != nil {
		return err
	}
	client := func() *http.Client {
		d := net.Dialer{Timeout: goneAfter}
		return &http.Client{Transport: &http.Transport{
			TLSClientConfig: secure.Clone(), MaxIdleConnsPerHost: 2,
			DialContext: d.DialContext,
		}}
	}
	w.orders, w.beats, w.clocks = client(), client(), client()
	return nil
}

// hangUp closes the connections to the coordinator.
func (w *working) hangUp() {
	for _, c := range []*http.Client{w.orders, w.beats, w.clocks} {
		c.CloseIdleConnections()
	}
}

// send sends a message and reads the answer into out, unless that is nil.
func (w *working) send(ctx context.Context, c *http.Client, path string, in any, most int64, out any) (http.Header, error) {
	data, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.Config.URL+path, bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+w.Config.Token)
	req.Header.Set(workerHeader, w.instance)
	resp, err := c.Do(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	w.reached.Store(int64(w.now()))
	switch {
	case resp.StatusCode == http.StatusGone:
		w.end(ErrReplaced)
		return nil, ErrReplaced
	case resp.StatusCode == http.StatusNoContent:
		return resp.Header, nil
	case resp.StatusCode != http.StatusOK:
		why, _ := io.ReadAll(io.LimitReader(resp.Body, 4<<10)) // as much as there is
		return nil, &refusal{strings.TrimSpace(string(why))}
	case out == nil:
		return resp.Header, nil
	}
	return resp.Header, decode(resp.Body, most, out)
}

// refusal is an answer of the coordinator that is no result.
type refusal struct{ why string }

// Error returns what the coordinator said.
func (r *refusal) Error() string { return "the coordinator refused: " + r.why }

// Times in which a worker takes its seat.
const (
	reachTime   = 2 * goneAfter   // for the first answer on the way to the coordinator
	welcomeTime = 2 * time.Minute // for the welcome: a busy coordinator answers late
)

// now reads the clock of the worker.
func (w *working) now() time.Duration { return time.Since(w.epoch) }

// hello takes the seat. The coordinator may not be reachable at once, because the network
// of a container comes up while it starts.
func (w *working) hello(ctx context.Context) (*welcome, error) {
	facts := host.Facts(host.Placement{})
	ctx, cancel := context.WithTimeout(ctx, welcomeTime)
	defer cancel()
	for begin := time.Now(); ; {
		h := hello{Seat: w.Seat, Node: w.Node, Build: w.Build, Facts: facts}
		// A socket of UDP that is connected sends nothing, and tells from which address
		// this host would send.
		if c, err := (&net.Dialer{}).DialContext(ctx, "udp", strings.TrimPrefix(w.Config.URL, "https://")); err == nil {
			h.Address = c.LocalAddr().String()
			c.Close()
		}
		got := new(welcome)
		_, err := w.send(ctx, w.orders, "/hello", h, mostShipment, got)
		if err == nil {
			return got, nil
		}
		if !again(err) {
			return nil, err
		}
		wait := time.After(beatPeriod / 4)
		if time.Since(begin) > reachTime {
			wait = nil
			cancel()
		}
		select {
		case <-wait:
		case <-ctx.Done():
			return nil, fmt.Errorf("the coordinator at %s %s: %w", w.Config.URL, Unreachable, err)
		}
	}
}

// again reports whether it helps to say hello again: the coordinator was not reached, or
// had too much to do to shake hands in time, and broke off.
func again(err error) bool {
	var refused *refusal
	var way *net.OpError
	return !errors.As(err, &refused) && (errors.As(err, &way) || errors.Is(err, io.EOF) || errors.Is(err, context.DeadlineExceeded))
}

// settle prepares this host: the machine, the scenarios, the station.
func (w *working) settle(got *welcome) (release func(), err error) {
	// The next measurement on this host removes what a killed worker leaves.
	temp, err := scratch.Make(host.RunPrefix + "worker.")
	if err != nil {
		return nil, err
	}
	dir := temp.Path
	release = temp.Discard
	defer func() {
		if err != nil {
			release()
		}
	}()
	if got.Shipment == nil {
		return nil, errors.New("the coordinator sent no scenarios")
	}
	if err := got.Shipment.unpack(dir); err != nil {
		return nil, err
	}
	placement, release, err := w.reserve(got, release)
	if err != nil {
		return nil, err
	}
	scenarios, err := w.Load(dir, got.Shipment)
	if err != nil {
		return nil, err
	}
	w.station = trial.NewStation(w.Seat, placement, scenarios, func(l attack.Live) { w.live.Store(&l) })
	return release, nil
}

// reserve locks the machine, unless the coordinator has locked it, and decides which CPUs
// are this host's: on a host of its own a generator or a server has all of them.
func (w *working) reserve(got *welcome, release func()) (host.Placement, func(), error) {
	if got.Placement != nil {
		p := *got.Placement
		return p, release, host.Settle(p)
	}
	// A shell that logs in starts elsewhere. The folder may not exist on this host; then
	// a command with a relative path says so when it is started.
	_ = os.Chdir(got.Shipment.Dir)
	machine, err := w.Lock()
	if err != nil {
		return host.Placement{}, release, err
	}
	both := func() {
		machine.Release()
		release()
	}
	if got.Role != results.RoleGenerator {
		return host.Placement{}, both, nil
	}
	p := host.Placement{Generator: host.Facts(host.Placement{}).CPUs}
	return p, both, host.Settle(p)
}

// signs sends a sign of life every second, and ends the worker when the coordinator is
// gone.
func (w *working) signs(ctx context.Context, listening *ear) {
	defer listening.close()
	beat := time.NewTicker(beatPeriod)
	defer beat.Stop()
	look := time.NewTicker(lookPeriod)
	defer look.Stop()
	var silent time.Duration // of the coordinator
	reached := w.reached.Load()
	var sending sync.WaitGroup
	defer sending.Wait()
	busy := make(chan struct{}, 1)
	for {
		select {
		case <-beat.C:
			select {
			case busy <- struct{}{}: // the one before has ended
				sending.Go(func() {
					w.beat(ctx)
					<-busy
				})
			default:
			}
		case <-look.C:
			silent += listening.listened(w.now())
			if now := w.reached.Load(); now != reached {
				reached, silent = now, 0
			}
			if silent > goneAfter {
				w.end(ErrGone)
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// beat sends one sign of life.
func (w *working) beat(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, goneAfter)
	defer cancel()
	live := w.live.Swap(nil)
	if live == nil {
		live = new(attack.Live)
	}
	_, _ = w.send(ctx, w.beats, "/beat", live, mostSmall, nil) // signs notices if none arrives
}
