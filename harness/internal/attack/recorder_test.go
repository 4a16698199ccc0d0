package attack

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack/ledger"
	"github.com/assay-bench/assay/results"
)

// Requests that stalled in different seconds may end at once. Every second is
// written, in order, and nobody waits for another for ever.
func TestSecondsThatEndAtOnce(t *testing.T) {
	const seconds = 100
	var log bytes.Buffer
	w, err := results.NewLogWriter(&log, t.Name())
	if err != nil {
		t.Fatal(err)
	}
	r := newRecorder(&Config{Duration: seconds * time.Second, Log: w})
	r.most = 100 // so that some are written while others are recorded
	for i := range seconds {
		r.open(time.Duration(i) * time.Second)
	}
	var all sync.WaitGroup
	for i := range seconds {
		all.Go(func() {
			at := time.Duration(i) * time.Second
			r.record(&ledger.Entry{Intended: at, Dispatch: at, FirstWrite: at, LastByte: at + time.Millisecond}, OK, "")
		})
	}
	all.Wait()
	res, err := r.finish()
	if err != nil || res.Recorded != seconds {
		t.Fatalf("recorded %d, %v", res.Recorded, err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	next := time.Duration(0)
	err = results.ReadLog(&log, func(in results.Interval) error {
		if in.Tag != "service.ok" {
			return nil
		}
		if in.Start != next {
			t.Errorf("an interval begins at %v, want %v", in.Start, next)
		}
		next += time.Second
		return nil
	})
	if err != nil || next != seconds*time.Second {
		t.Errorf("the log ends at %v: %v", next, err)
	}
}

// A request that hangs keeps what was counted in its own second from being packed,
// and nothing else; the log is in order all the same.
func TestHungRequestHoldsItsSecondAlone(t *testing.T) {
	const seconds, hung = 50, 7
	var log bytes.Buffer
	w, err := results.NewLogWriter(&log, t.Name())
	if err != nil {
		t.Fatal(err)
	}
	r := newRecorder(&Config{Duration: seconds * time.Second, Log: w})
	r.most = 10 // so that what can be written is
	end := func(at time.Duration) {
		r.record(&ledger.Entry{Intended: at, Dispatch: at, FirstWrite: at, LastByte: at + time.Millisecond}, OK, "")
	}
	for i := range seconds {
		at := time.Duration(i) * time.Second
		r.open(at)
		if i == hung {
			r.open(at)
		}
		end(at)
		most := 1
		if i > hung {
			most = 2 // this second, and that one
		}
		if len(r.one.seconds) > most {
			t.Fatalf("in second %d there are %d that are not packed, want at most %d", i, len(r.one.seconds), most)
		}
	}
	end(hung * time.Second)
	if res, err := r.finish(); err != nil || res.Recorded != seconds+1 {
		t.Fatalf("recorded %d, %v", res.Recorded, err)
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	next, n := time.Duration(0), int64(0)
	err = results.ReadLog(&log, func(in results.Interval) error {
		if in.Tag == "service.ok" {
			if in.Start != next {
				t.Errorf("an interval begins at %v, want %v", in.Start, next)
			}
			next, n = next+time.Second, n+in.Hist.TotalCount()
		}
		return nil
	})
	if err != nil || next != seconds*time.Second || n != seconds+1 {
		t.Errorf("the log ends at %v with %d requests: %v", next, n, err)
	}
}
