// Package reuse provides objects that may have been used before, and counts exactly
// how often they were.
//
// A get is a hit if it returned an object that was put back earlier, and a miss if
// it had to make a new one. gets = hits + misses always holds. A pool is not a
// cache: what an object held before is wiped and never found again.
package reuse

import (
	"sync"
	"sync/atomic"
)

// Pool is a sync.Pool that counts. Switched off, it is a plain constructor with the
// same interface. Its methods may be called from many goroutines.
type Pool[T any] struct {
	create func() *T
	wipe   func(*T)
	reuses bool
	idle   sync.Pool
	gets   atomic.Uint64
	misses atomic.Uint64
}

// NewPool returns a pool of objects that create makes. If reuses is set, an object
// given to Put is wiped and may be returned by a later Get; otherwise Put does
// nothing.
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

// Put gives an object back. The caller must hold no reference to it any more. The
// object is wiped here rather than in Get, so that nothing remains in it while it is
// idle.
func (p *Pool[T]) Put(object *T) {
	if !p.reuses {
		return
	}
	p.wipe(object)
	p.idle.Put(object)
}

// Counts are the totals of a pool since the start. All are 0 for a pool that never
// reuses objects.
type Counts struct {
	// Gets is how many objects were requested. Hits of them were idle in the pool, and
	// Misses were made.
	Gets, Hits, Misses uint64
}

// Counts returns the totals. A get that is in progress may be missing.
func (p *Pool[T]) Counts() Counts {
	misses := p.misses.Load() // read first, so that misses never exceed gets
	gets := p.gets.Load()
	return Counts{Gets: gets, Hits: gets - misses, Misses: misses}
}
