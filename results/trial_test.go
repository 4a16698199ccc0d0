package results

import "testing"

func TestSaturated(t *testing.T) {
	open := func(completed uint64, inFlight ...uint64) *StreamResult {
		return &StreamResult{Model: ModelOpen, Scheduled: 1000, Completed: completed, InFlight: [3]uint64(inFlight)}
	}
	for _, c := range []struct {
		name string
		s    *StreamResult
		want bool
	}{
		{"keeps up", open(995, 5, 6, 5), false},
		{"falls behind", open(989, 5, 6, 5), true},
		{"exactly 99 %", open(990, 5, 6, 5), false},
		{"grows", open(995, 5, 8, 11), true},
		{"grows, but is small", open(995, 5, 8, 10), false},
		{"grows and falls", open(995, 5, 20, 15), false},
		{"closed", &StreamResult{Model: ModelClosed, Scheduled: 1000, Completed: 900, InFlight: [3]uint64{1, 50, 100}}, false},
		{"nothing scheduled", &StreamResult{Model: ModelOpen}, false},
	} {
		if got := c.s.Saturated() != ""; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
