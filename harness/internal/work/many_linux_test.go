package work

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/procfs"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// What a coordinator needs for its workers grows with their number and not faster: bytes on
// the wire, memory, and the time in which all of them have an order and their results are
// back. With a hundred the time stays below 1 s and the memory below 500 MB.
func TestManyWorkers(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: a part of the full form: make test-all")
	}
	const most = 100
	counts := []int{1, 10, most}
	var said []string
	for range 5 { // on a busy machine a time says little
		var all []cost
		for _, n := range counts {
			c, err := costOf(t, n)
			if err != nil {
				t.Fatalf("%d workers: %v", n, err)
			}
			all = append(all, c)
		}
		for i := 1; i < len(all); i++ {
			// The first number is too small to tell what each worker adds: whatever comes
			// with every run is in it too.
			if f := int64(counts[i] / counts[i-1]); all[i].bytes > 11*f*all[i-1].bytes/10 {
				t.Errorf("%d workers take %d bytes, %d take %d", counts[i-1], all[i-1].bytes, counts[i], all[i].bytes)
			}
		}
		wrong := ""
		if last, before := all[2], all[1]; last.barrier > time.Second || last.barrier > 20*before.barrier {
			wrong = fmt.Sprintf("with %d workers the barrier takes %v, with %d %v", most, last.barrier, counts[1], before.barrier)
		}
		if last := all[2]; last.memory > 500<<20 {
			t.Errorf("%d MB for %d workers", last.memory>>20, most)
		}
		t.Logf("%+v", all)
		if wrong == "" {
			return
		}
		said = append(said, wrong)
	}
	t.Errorf("never within bounds: %s", strings.Join(said, "; "))
}

// cost is what a coordinator needs for some workers.
type cost struct {
	bytes   int64         // sent and received, for the work of one trial
	memory  int64         // of this process, the workers included
	barrier time.Duration // without the time in which other programs had the CPUs
}

// available is the CPU time that this process used, and that nobody used: what passes of it
// is the doing of this process, however busy the machine is.
func available(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	proc, err := procfs.NewDefaultFS()
	if err != nil {
		t.Fatal(err)
	}
	stat, err := proc.Stat()
	if err != nil {
		t.Fatal(err)
	}
	idle := stat.CPUTotal.Idle + stat.CPUTotal.Iowait
	return time.Duration(u.Utime.Nano()+u.Stime.Nano()) + time.Duration(idle*float64(time.Second))
}

// costOf lets so many workers, which do nothing, follow orders.
func costOf(t *testing.T, n int) (c cost, err error) {
	t.Helper()
	o := Options{Listen: "127.0.0.1:0", Build: "this build", Shipment: &Shipment{}}
	for i := range n {
		o.Seats = append(o.Seats, Seat{Name: strconv.Itoa(i), Role: results.RoleGenerator, Placement: new(host.Placement)})
	}
	co, err := Listen(o)
	if err != nil {
		t.Fatal(err)
	}
	var idle idlers
	ctx, cancel := context.WithCancel(t.Context())
	errs := make(chan error, 10*n)
	defer idle.all.Wait()
	defer co.Close()
	defer cancel()
	for _, s := range o.Seats {
		idle.all.Go(func() {
			if err := idle.follow(ctx, co.Config(), s.Name); err != nil && ctx.Err() == nil {
				errs <- fmt.Errorf("worker %s: %w", s.Name, err)
			}
		})
	}
	if err := co.Await(ctx, 2*time.Minute, nil); err != nil {
		return c, err
	}
	idle.bytes.Store(0)
	for round := range 5 {
		begin, before := time.Now(), available(t)
		var g sync.WaitGroup
		for _, s := range o.Seats {
			g.Go(func() {
				var rest []byte
				if err := (member{co.seats[s.Name]}).do(ctx, doFinish, call{}, mostSamples, &rest); err != nil {
					errs <- fmt.Errorf("worker %s: %w", s.Name, err)
				} else if len(rest) != answerSize {
					t.Errorf("worker %s: %d bytes", s.Name, len(rest))
				}
			})
		}
		g.Wait()
		select {
		case err := <-errs:
			return c, err
		default:
		}
		took := min(time.Since(begin), available(t)-before)
		if round == 0 || took < c.barrier {
			c.barrier = took
		}
	}
	c.bytes = idle.bytes.Load() / 5
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.memory = int64(m.Sys)
	return c, nil
}

// answerSize is about that of the histograms of a load of some seconds.
const answerSize = 100 << 10

// idlers are workers that do nothing.
type idlers struct {
	all   sync.WaitGroup
	bytes atomic.Int64
}

// follow takes a seat, and answers every order with as many bytes as a load would.
func (d *idlers) follow(ctx context.Context, c Config, seat string) error {
	w := &working{
		Worker: &Worker{Config: c, Seat: seat, Build: "this build"}, instance: rand.Text(), epoch: time.Now(),
		end: func(error) {}, running: map[uint64]context.CancelFunc{},
	}
	if err := w.dialers(); err != nil {
		return err
	}
	defer w.hangUp()
	w.orders.Transport.(*http.Transport).DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return counted{conn, &d.bytes}, err
	}
	// What a worker says of its host would be found out a hundred times on this one.
	if _, err := w.send(ctx, w.orders, "/hello", hello{Seat: seat, Build: w.Build}, mostShipment, new(welcome)); err != nil {
		return err
	}
	var beats sync.WaitGroup
	defer beats.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	beats.Go(func() {
		for tick := time.NewTicker(beatPeriod); ; {
			select {
			case <-tick.C:
				w.beat(ctx)
			case <-ctx.Done():
				return
			}
		}
	})
	body, err := json.Marshal(make([]byte, answerSize))
	for err == nil {
		var o order
		_, err = w.send(ctx, w.orders, "/next", nil, mostSmall, &o)
		switch {
		case errors.Is(err, ErrReplaced), o.Do == doEnd:
			return nil
		case err == nil && o.Do != "":
			_, err = w.send(ctx, w.orders, "/done?order="+strconv.FormatUint(o.ID, 10), result{Body: body}, mostSmall, nil)
		}
	}
	return err
}

// counted is a connection whose bytes are counted.
type counted struct {
	net.Conn
	bytes *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}

func (c counted) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}
