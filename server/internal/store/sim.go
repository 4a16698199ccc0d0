package store

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/assay-bench/assay/server/internal/deadline"
	"github.com/assay-bench/assay/server/internal/draw"
	"github.com/assay-bench/assay/server/internal/patient"
)

// ErrSimulated is the failure that the simulated store draws at random.
var ErrSimulated = errors.New("simulated database error")

// SimConfig describes a simulated store. With the zero value, the store always
// answers at once.
type SimConfig struct {
	// Seed decides every draw: stores with the same seed draw the same for the same Key.
	Seed uint64
	// Latency is uniform between MinLatency and MaxLatency.
	MinLatency time.Duration // latency is uniform between MinLatency and MaxLatency
	MaxLatency time.Duration
	ErrorRate  float64 // share of queries that fail, 0 to 1
	Limits
}

// Sim is a store without a database. A query takes a time that is drawn, holds one
// of a limited number of connections meanwhile, and may fail. The failure comes
// after the latency, as with a real database, and does not depend on it.
type Sim struct {
	config  SimConfig
	conns   chan struct{} // one token per connection in use; nil if not limited
	inUse   atomic.Int64
	waiting atomic.Int64
	timers  sync.Pool
}

var _ Store = (*Sim)(nil)

// NewSim returns a simulated store. MinLatency must not exceed MaxLatency.
func NewSim(config SimConfig) *Sim {
	s := &Sim{config: config}
	if config.Conns > 0 {
		s.conns = make(chan struct{}, config.Conns)
	}
	return s
}

// Query implements Store.
func (s *Sim) Query(ctx context.Context, key Key, id patient.ID, into *patient.Record) error {
	if err := s.visit(ctx, key); err != nil {
		return err
	}
	return lookUp(id, into)
}

// BatchQuery implements Store.
func (s *Sim) BatchQuery(ctx context.Context, key Key, ids []patient.ID, into []patient.Record) error {
	if err := s.visit(ctx, key); err != nil {
		return err
	}
	for i, id := range ids {
		if err := lookUp(id, &into[i]); err != nil {
			return err
		}
	}
	return nil
}

// Ping implements Store: a simulated store is always there.
func (s *Sim) Ping(context.Context) error { return nil }

// Stats implements Store. A simulated connection exists only while it is in use.
func (s *Sim) Stats() Stats {
	return Stats{ConnsInUse: int(s.inUse.Load()), MaxConns: s.config.Conns, Waiting: int(s.waiting.Load())}
}

// Close implements Store.
func (s *Sim) Close() error { return nil }

// visit spends the time of one query on a connection and draws whether the query
// fails.
func (s *Sim) visit(ctx context.Context, key Key) error {
	if err := s.connect(ctx); err != nil {
		return err
	}
	defer s.disconnect()
	latency, fails := s.draw(key)
	if err := s.sleep(ctx, latency); err != nil {
		return err
	}
	if fails {
		return ErrSimulated
	}
	return nil
}

// draw returns the latency of the query with the key, and whether the query fails.
// Both numbers are always drawn, so that changing one setting does not change the
// draws of the other.
func (s *Sim) draw(key Key) (latency time.Duration, fails bool) {
	source := key.Source(s.config.Seed)
	latency = uniform(&source, s.config.MinLatency, s.config.MaxLatency)
	fails = source.Float64() < s.config.ErrorRate
	if key.Slow(s.config.SlowEvery) {
		latency = s.config.SlowFor
	}
	return latency, fails
}

// uniform draws a duration between low and high.
func uniform(source *draw.Source, low, high time.Duration) time.Duration {
	return low + time.Duration(source.Float64()*float64(high-low))
}

// connect takes a connection, and waits for one if all are in use. The error is that of
// the context.
func (s *Sim) connect(ctx context.Context) error {
	if s.conns != nil {
		select {
		case s.conns <- struct{}{}:
		default:
			s.waiting.Add(1)
			defer s.waiting.Add(-1)
			select {
			case s.conns <- struct{}{}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	s.inUse.Add(1)
	return nil
}

// disconnect gives the connection back.
func (s *Sim) disconnect() {
	s.inUse.Add(-1)
	if s.conns != nil {
		<-s.conns
	}
}

// sleep waits for d, or until the context ends. It sets no timer for 0.
func (s *Sim) sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer, reused := s.timers.Get().(*time.Timer)
	if reused {
		timer.Reset(d)
	} else {
		timer = time.NewTimer(d)
	}
	defer func() {
		timer.Stop()
		s.timers.Put(timer)
	}()
	select {
	case <-timer.C:
		return nil
	case <-deadline.DoneBefore(ctx, time.Now().Add(d)):
		return ctx.Err()
	}
}

// lookUp fills the record of an id that the store has.
func lookUp(id patient.ID, into *patient.Record) error {
	if !id.Listed() {
		return ErrUnknownPatient
	}
	patient.Generate(id, into)
	return nil
}
