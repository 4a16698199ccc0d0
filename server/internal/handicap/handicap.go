// Package handicap makes the server slower in a known way, so that a test can see
// whether an instrument finds it. Nothing here is of use to anybody else.
package handicap

import (
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

	bytes int           // that every request allocates, in small objects
	held  time.Duration // how long every request holds the lock
	lock  sync.Mutex
	gogc  int // per cent; 0: as it is
}

// Kinds lists the slowdowns, with what their amounts are.
const Kinds = "serialisation=N (further encodings of each answer), endpoint=N (the same for /fhir/ alone), allocations=BYTES, lock=DURATION, query=DURATION or collector=GOGC"

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
		return h, whole(&h.gogc, 100)
	case "lock":
		return h, long(&h.held)
	case "query":
		return h, long(&h.Query)
	}
	return nil, errors.New("want " + Kinds)
}

// Start applies what concerns the whole process.
func (h *Handicap) Start() {
	if h != nil && h.gogc > 0 {
		debug.SetGCPercent(h.gogc)
	}
}

// Request does what every request has to bear. Its receiver may be nil.
func (h *Handicap) Request() {
	switch {
	case h == nil:
	case h.bytes > 0:
		h.allocate()
	case h.held > 0:
		h.hold()
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

// hold sleeps with the lock, as a request does that waits for another service with it.
//
//go:noinline
func (h *Handicap) hold() {
	h.lock.Lock()
	defer h.lock.Unlock()
	time.Sleep(h.held)
}
