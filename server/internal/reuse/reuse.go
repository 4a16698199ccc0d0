// Package reuse hands out objects that may have been used before, and counts
// truthfully how often they were.
//
// A get is a hit when it returned an object that was put back earlier and a miss
// when it had to make one: gets = hits + misses, always. It is not a cache: what
// an object held before is wiped, never found again.
package reuse

import (
	"sync"
	"sync/atomic"
)

// Pool is a sync.Pool that counts, or, switched off, a plain constructor with
// the same interface. Its methods may be called from many goroutines.
type Pool[T any] struct {
	create func() *T
	wipe   func(*T)
	reuses bool
	idle   sync.Pool
	gets   atomic.Uint64
	misses atomic.Uint64
}

// NewPool makes a pool of what create makes. With reuses, an object given to Put
// is wiped and may be returned by a later Get; without, Put does nothing.
func NewPool[T any](reuses bool, create func() *T, wipe func(*T)) *Pool[T] {
	return &Pool[T]{create: create, wipe: wipe, reuses: reuses}
}

// Get returns an object that nobody else holds.
func (p *Pool[T]) Get() *T {
	if !p.reuses {
		return p.create()
	}
	p.gets.Add(1)
	if object, hit := p.idle.Get().(*T); hit {
		return object
	}
	p.misses.Add(1)
	return p.create()
}

// Put gives an object back. The caller must hold no reference to it any more.
// Wiping happens here and not in Get, so that nothing lingers while it is idle.
func (p *Pool[T]) Put(object *T) {
	if !p.reuses {
		return
	}
	p.wipe(object)
	p.idle.Put(object)
}

// Counts are a pool's totals since the start. All are 0 for one that never reuses.
type Counts struct {
	Gets, Hits, Misses uint64
}

// Counts returns the totals. A get that is under way may be missing.
func (p *Pool[T]) Counts() Counts {
	misses := p.misses.Load() // first: it may only lag behind the gets
	gets := p.gets.Load()
	return Counts{Gets: gets, Hits: gets - misses, Misses: misses}
}
