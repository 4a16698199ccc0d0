package results

import (
	"testing"
	"time"
)

// The load of a cell is found by its variant and matrix values, whatever other keys a
// trial has.
func TestScenarioInCell(t *testing.T) {
	load := func(clients int) []Stream { return []Stream{{Name: "load", Clients: clients}} }
	s := &Scenario{Streams: load(1), Warmup: time.Second, Cells: []CellLoad{
		{Variant: "a", Matrix: map[string]string{"clients": "1"}, Streams: load(1), Warmup: time.Second},
		{Variant: "a", Matrix: map[string]string{"clients": "10"}, Streams: load(10), Warmup: 2 * time.Second},
		{Variant: "b", Streams: load(7)},
	}}
	for _, c := range []struct {
		variant string
		matrix  map[string]string
		clients int
		warmup  time.Duration
	}{
		{"a", map[string]string{"clients": "10"}, 10, 2 * time.Second},
		{"a", map[string]string{"clients": "10", "rate": "7"}, 10, 2 * time.Second},
		{"a", map[string]string{"clients": "1"}, 1, time.Second},
		{"b", map[string]string{"rate": "7"}, 7, 0},
		{"a", map[string]string{"clients": "9"}, 1, time.Second}, // unknown: the scenario itself
		{"c", nil, 1, time.Second},
	} {
		in := s.In(c.variant, c.matrix)
		if in.Streams[0].Clients != c.clients || in.Warmup != c.warmup {
			t.Errorf("%s %v: %d clients, warm-up %v", c.variant, c.matrix, in.Streams[0].Clients, in.Warmup)
		}
	}
}
