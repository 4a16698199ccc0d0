package api

import (
	"context"
	"sync/atomic"

	"github.com/assay-bench/assay/server/internal/patient"
	"github.com/assay-bench/assay/server/internal/store"
)

// scripted is a store whose queries do what a test says. A nil function answers
// at once with the generated patient.
type scripted struct {
	query   func(ctx context.Context, id patient.ID) error
	ping    func(ctx context.Context) error
	running atomic.Int64
	most    atomic.Int64 // queries that ran at once
}

func (s *scripted) Query(ctx context.Context, _ store.Key, id patient.ID, into *patient.Record) error {
	now := s.running.Add(1)
	defer s.running.Add(-1)
	for most := s.most.Load(); now > most && !s.most.CompareAndSwap(most, now); most = s.most.Load() {
	}
	patient.Generate(id, into)
	if s.query == nil {
		return nil
	}
	return s.query(ctx, id)
}

func (s *scripted) BatchQuery(ctx context.Context, key store.Key, ids []patient.ID, into []patient.Record) error {
	for i, id := range ids {
		if err := s.Query(ctx, key, id, &into[i]); err != nil {
			return err
		}
	}
	return nil
}

func (s *scripted) Ping(ctx context.Context) error {
	if s.ping == nil {
		return nil
	}
	return s.ping(ctx)
}

func (s *scripted) Stats() store.Stats { return store.Stats{ConnsInUse: int(s.running.Load())} }

func (s *scripted) Close() error { return nil }

// gate is a scripted store whose queries announce themselves and then wait until
// the test opens the gate or their context ends.
type gate struct {
	scripted
	entered chan patient.ID
	open    chan struct{}
}

func newGate() *gate {
	g := &gate{entered: make(chan patient.ID, 10_000), open: make(chan struct{})}
	g.query = func(ctx context.Context, id patient.ID) error {
		g.entered <- id
		select {
		case <-g.open:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return g
}
