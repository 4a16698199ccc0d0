package store

import (
	"sync/atomic"

	"github.com/assay-bench/assay/server/internal/draw"
)

// Key says which query of which request of which attack this is. Whatever a
// store draws for a query is a function of its seed and the key alone, so that
// every pattern, in every process, meets the same draws.
type Key struct {
	domain uint64 // keeps numbered requests and counted ones apart
	attack uint64
	seq    uint64
	Index  uint64 // which query of the request, from 0
}

const (
	domainNumbered = iota + 1
	domainCounted
)

// Numbered is the key of request seq of the named attack; the name may be empty.
func Numbered(attack string, seq uint64) Key {
	return Key{domain: domainNumbered, attack: draw.Text(attack), seq: seq}
}

// Counter numbers the requests that carry no number of their own.
// The zero Counter starts at 0.
type Counter struct{ next atomic.Uint64 }

// Next is the key of the next such request.
func (c *Counter) Next() Key {
	return Key{domain: domainCounted, seq: c.next.Add(1) - 1}
}

// Source is the sequence of draws for this key under a seed.
func (k Key) Source(seed uint64) draw.Source {
	return draw.New(seed, k.domain, k.attack, k.seq, k.Index)
}

// Slow reports whether this is one of the slow queries when every n-th is slow:
// those of the n-th, 2n-th, … request. None is for n = 0.
//
// Note: a counter in the store would depend on the order of arrival and on what
// admission refused; the request's own number gives every variant the same ones.
func (k Key) Slow(n uint64) bool {
	return n > 0 && (k.seq+1)%n == 0
}
