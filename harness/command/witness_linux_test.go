package command

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/assay-bench/assay/internal/hostlab"
)

// known is what the network and the server know of one request, in seconds on the clock of
// the machine on which all hosts are.
type known struct {
	generator int
	due       float64 // by the schedule, since its start
	left      float64 // its host
	came      float64 // to the server, by its own stamp
	went      float64 // its answer, by the server's own stamp
	sent      float64 // the part of its answer that reached its host last, by the switch
	// That part reached its host between these two.
	before, reached float64
}

// witness keeps the frames between generators and the host of the server.
type witness struct {
	generators int
	clocks     map[int]time.Duration

	mu     sync.Mutex
	frames []hostlab.Passage
}

func newWitness(generators int, clocks map[int]time.Duration) *witness {
	return &witness{generators: generators, clocks: clocks}
}

// see is called by the switch.
func (w *witness) see(p hostlab.Passage) {
	server := w.generators + 1
	if p.From == 0 || p.To == 0 || p.From != server && p.To != server {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frames = append(w.frames, p)
}

func (w *witness) forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.frames = nil
}

var (
	requestNumber = regexp.MustCompile(`(?i)\r\nX-Vegeta-Seq: *([0-9]+)\r\n`)
	headerNumber  = regexp.MustCompile(`\r\nX-Known: ([0-9]+)\r\n`)
	bodyNumber    = regexp.MustCompile(`known ([0-9]{12})$`)
)

// join joins the stamps in a file with the frames that the switch saw. All of the requests
// that the server stamped must have been seen on their way in and out.
func (w *witness) join(t *testing.T, file string) []known {
	t.Helper()
	port, err := strconv.ParseUint(strings.TrimPrefix(filepath.Ext(file), "."), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	ahead := w.clocks[w.generators+1].Seconds()
	all := make([]known, strings.Count(string(text), "\n"))
	for line := range strings.Lines(string(text)) {
		var k int
		var came, went float64
		if _, err := fmt.Sscan(line, &k, &came, &went); err != nil || k >= len(all) || all[k].came > 0 {
			t.Fatalf("stamp %q of %d: %v", line, len(all), err)
		}
		all[k] = known{due: float64(k) / knownRate, came: came - ahead, went: went - ahead}
	}
	w.pair(uint16(port), all)
	for k, r := range all {
		if r.left == 0 || r.reached == 0 {
			t.Errorf("request %d: the switch saw %+v", k, r)
		}
		// Whatever the machine does, it does one after the other.
		if r.came < r.left || r.went < r.came || r.sent < r.went || r.before < r.sent+knownDelay.Seconds() || r.reached < r.before {
			t.Errorf("request %d: the stamps contradict each other: %+v", k, r)
		}
	}
	return all
}

// pair adds what the switch saw of the requests to the port of the server. Of frames that
// reached their host twice the first counts, and of the two parts of an answer the later.
func (w *witness) pair(port uint16, all []known) {
	w.mu.Lock()
	defer w.mu.Unlock()
	machine := machineClock()
	seen := make([][2]bool, len(all)) // header and body
	for _, p := range w.frames {
		from, to, payload := segment(p.Bytes)
		switch {
		case to == port:
			if k, ok := number(requestNumber, payload, len(all)); ok && all[k].left == 0 {
				all[k].generator, all[k].left = p.From-1, machine(p.Left)
			}
		case from == port:
			for part, in := range []*regexp.Regexp{headerNumber, bodyNumber} {
				k, ok := number(in, payload, len(all))
				if !ok || seen[k][part] {
					continue
				}
				seen[k][part] = true
				if r := &all[k]; seen[k] == [2]bool{true, true} {
					r.sent, r.before, r.reached = machine(p.Left), machine(p.Before), machine(p.After)
				}
			}
		}
	}
}

// number finds the number of a request in a frame.
func number(in *regexp.Regexp, payload []byte, below int) (int, bool) {
	m := in.FindSubmatch(payload)
	if m == nil {
		return 0, false
	}
	k, err := strconv.Atoi(string(m[1]))
	return k, err == nil && k < below
}

// segment returns the ports and the payload of a frame that holds TCP over IPv4.
func segment(b []byte) (from, to uint16, payload []byte) {
	const ethernet = 14
	if len(b) < ethernet+40 || binary.BigEndian.Uint16(b[12:]) != 0x0800 || b[ethernet+9] != 6 {
		return 0, 0, nil
	}
	end := ethernet + int(binary.BigEndian.Uint16(b[ethernet+2:]))
	tcp := ethernet + int(b[ethernet]&15)*4
	if end > len(b) || tcp+20 > end {
		return 0, 0, nil
	}
	start := tcp + int(b[tcp+12]>>4)*4
	if start > end {
		return 0, 0, nil
	}
	return binary.BigEndian.Uint16(b[tcp:]), binary.BigEndian.Uint16(b[tcp+2:]), b[start:end]
}

// machineClock returns a function that gives moments of this process on the monotonic clock
// of the machine, in seconds. Of its readings the two that are closest together count.
func machineClock() func(time.Time) float64 {
	var at time.Time
	var mono, least float64
	for range 100 {
		before, now, after := stamp(), time.Now(), stamp()
		if least == 0 || after-before < least {
			at, mono, least = now, (before+after)/2, after-before
		}
	}
	return func(m time.Time) float64 { return mono + m.Sub(at).Seconds() }
}
