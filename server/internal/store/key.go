package store

import (
	"sync/atomic"

	"github.com/assay-bench/assay/server/internal/draw"
)

// Key identifies a query of a request of an attack. Everything that a store draws
// for a query depends only on its seed and the key, so that every pattern, in every
// process, meets the same draws.
type Key struct {
	domain uint64 // separates numbered requests from counted ones
	attack uint64
	seq    uint64
	Index  uint64 // number of the query in the request, from 0
}

const (
	domainNumbered = iota + 1
	domainCounted
)

// Numbered returns the key of request seq of the named attack. The name may be
// empty.
func Numbered(attack string, seq uint64) Key {
	return Key{domain: domainNumbered, attack: draw.Text(attack), seq: seq}
}

// Counter numbers requests that have no number of their own. The zero Counter starts
// at 0.
type Counter struct{ next atomic.Uint64 }

// Next returns the key of the next such request.
func (c *Counter) Next() Key {
	return Key{domain: domainCounted, seq: c.next.Add(1) - 1}
}

// Source returns the sequence of draws for this key under a seed.
func (k Key) Source(seed uint64) draw.Source {
	return draw.New(seed, k.domain, k.attack, k.seq, k.Index)
}

// Slow reports whether this is a slow query if the queries of every n-th request are
// slow: those of request n, 2n, and so on. It returns false if n is 0.
//
// Note: a counter in the store would depend on the order of arrival and on what
// admission refused. With the request's own number, the same requests are slow for
// every variant.
func (k Key) Slow(n uint64) bool {
	return n > 0 && (k.seq+1)%n == 0
}
