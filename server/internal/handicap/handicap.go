// Package handicap makes the server slower in a known way, so that a test can see
// whether an instrument finds it. Nothing here is of use to anybody else.
package handicap

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Handicap is one known slowdown. The zero value is none.
type Handicap struct {
	// Encodings is how many more times every answer is encoded.
	Encodings int
	// Endpoint is how many more times the answers of one endpoint are encoded: those with
	// FHIR resources.
	Endpoint int
	// Query is how much longer a query takes, without using the CPU.
	Query time.Duration

	bytes     int            // that every request allocates, in small objects
	held      time.Duration  // how long the lock is held at a time, for heldShare of all time
	lock      sync.RWMutex   // read by every request
	megabytes int            // that stay in use and are collected all the time
	live      []*[piece]byte // what stays in use, with a pointer to each object
}

// Kinds lists the slowdowns, with what their amounts are.
const Kinds = "serialisation=N (further encodings of each answer), endpoint=N (the same for /fhir/ alone), allocations=BYTES, lock=DURATION (all requests take a lock that is held so long, a tenth of the time), query=DURATION or collector=MEGABYTES (that stay in use, and are marked after each megabyte that is allocated)"

// Parse reads a slowdown: its kind, an equals sign, and its amount.
func Parse(text string) (*Handicap, error) {
	kind, amount, _ := strings.Cut(text, "=")
	h := &Handicap{}
	whole := func(into *int, most int) error {
		n, err := strconv.Atoi(amount)
		if err != nil || n < 1 || n > most {
			return fmt.Errorf("want %s=N with a whole number from 1 to %d", kind, most)
		}
		*into = n
		return nil
	}
	long := func(into *time.Duration) error {
		d, err := time.ParseDuration(amount)
		if err != nil || d <= 0 || d > time.Second {
			return fmt.Errorf("want %s=DURATION of at most 1s", kind)
		}
		*into = d
		return nil
	}
	switch kind {
	case "serialisation":
		return h, whole(&h.Encodings, 10_000)
	case "endpoint":
		return h, whole(&h.Endpoint, 10_000)
	case "allocations":
		return h, whole(&h.bytes, 1<<20)
	case "collector":
		return h, whole(&h.megabytes, 1024)
	case "lock":
		return h, long(&h.held)
	case "query":
		return h, long(&h.Query)
	}
	return nil, errors.New("want " + Kinds)
}

// Start applies what concerns the whole process, until the context ends.
func (h *Handicap) Start(ctx context.Context) {
	switch {
	case h == nil:
	case h.megabytes > 0:
		h.load()
	case h.held > 0:
		go h.refresh(ctx)
	}
}

// load makes memory that every collection has to mark, and lets collections come as often
// as the runtime allows, which is after a megabyte.
func (h *Handicap) load() {
	h.live = make([]*[piece]byte, h.megabytes<<20/piece)
	for i := range h.live {
		h.live[i] = new([piece]byte)
	}
	debug.SetGCPercent(1)
}

// Request does what every request has to bear. Its receiver may be nil.
func (h *Handicap) Request() {
	switch {
	case h == nil:
	case h.bytes > 0:
		h.allocate()
	case h.held > 0:
		h.await()
	}
}

// piece is the size of an allocated object.
const piece = 64

// allocate makes garbage in small objects, which takes the allocator most.
//
//go:noinline
func (h *Handicap) allocate() {
	var last *[piece]byte
	for made := 0; made < h.bytes; made += piece {
		last = new([piece]byte)
		last[0] = byte(made)
		keep(last)
	}
}

// keep makes the compiler believe that an object is used.
//
//go:noinline
func keep(*[piece]byte) {}

// heldShare is one over the share of all time for which the lock is held.
const heldShare = 10

// refresh holds the lock again and again, as a program does that renews what it has
// cached while all requests have to wait for it.
func (h *Handicap) refresh(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
		h.renew()
		pause.Reset((heldShare - 1) * h.held)
	}
}

// renew sleeps with the lock.
//
//go:noinline
func (h *Handicap) renew() {
	h.lock.Lock()
	defer h.lock.Unlock()
	time.Sleep(h.held)
}

// await takes the lock for a moment, and shares it with other requests. An exclusive lock
// would be handed from one waiting request to the next, which on a busy machine takes
// longer than the next one takes to arrive.
//
//go:noinline
func (h *Handicap) await() {
	h.lock.RLock()
	defer h.lock.RUnlock()
}
