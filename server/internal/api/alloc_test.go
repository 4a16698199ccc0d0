//go:build !race

package api

import (
	"net/http"
	"testing"

	"github.com/assay-bench/assay/server/internal/store"
)

// The race detector makes sync.Pool forget objects at random, so this runs without it.
func TestOptimizedAddsAtMostFiveAllocations(t *testing.T) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/patients?id=P00042", nil)
	if err != nil {
		t.Fatal(err)
	}
	count := func(handler http.Handler) float64 {
		w := &sink{header: http.Header{}}
		return testing.AllocsPerRun(1000, func() {
			clear(w.header)
			handler.ServeHTTP(w, request)
		})
	}
	yardstick := count(bare(store.NewSim(store.SimConfig{})))
	if got := count(newAPI(t, settings{pattern: "optimized"})); got > yardstick+5 {
		t.Errorf("%v allocations, the bare handler makes %v", got, yardstick)
	}
}
