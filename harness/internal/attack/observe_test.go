package attack

import (
	"net/http"
	"sync"
	"testing"
	"time"
)

func TestLedgerStampsAreInOrder(t *testing.T) {
	var mu sync.Mutex
	lines := map[uint64]Line{}
	run(t, Config{
		Schedule: constant(t, 500, time.Second), Warmup: 200 * time.Millisecond, Duration: 800 * time.Millisecond,
		Timeout: time.Minute, Connections: 2,
		Observe: func(l Line) {
			mu.Lock()
			lines[l.Seq] = l
			mu.Unlock()
		},
	}, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	want := constant(t, 500, time.Second)
	for k := range uint64(500) {
		l, ok := lines[k]
		intended, _ := want.Next()
		if !ok || l.Intended != intended || l.Dispatch < l.Intended || l.FirstWrite < l.Dispatch || l.LastByte < l.FirstWrite || l.Outcome != Error {
			t.Fatalf("request %d, meant for %v: %+v", k, intended, l)
		}
	}
}
