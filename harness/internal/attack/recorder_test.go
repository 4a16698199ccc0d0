package attack

import (
	"bytes"
	"sync"
	"testing"
	"time"

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
			r.record(&entry{intended: at, dispatch: at, firstWrite: at, lastByte: at + time.Millisecond, outcome: OK})
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
