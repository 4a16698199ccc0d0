package scenario

import "testing"

// The peaks of the streams add up, and the cell with the highest sum counts.
func TestPeakRate(t *testing.T) {
	flat := &Open{Stages: []Stage{{From: 50, To: 50}}}
	ramp := &Open{Stages: []Stage{{From: 10, To: 300}, {From: 300, To: 20}}}
	closed := Stream{Closed: &Closed{Clients: 1000}}
	for _, c := range []struct {
		streams, other []Stream
		want           float64
	}{
		{[]Stream{closed}, nil, 0},
		{[]Stream{{Open: flat}}, nil, 50},
		{[]Stream{{Open: ramp}, closed, {Open: flat}}, nil, 350},
		{[]Stream{{Open: flat}}, []Stream{{Open: ramp}}, 300},
	} {
		s := &Scenario{CellLoad: CellLoad{Streams: c.streams}}
		if c.other != nil {
			s.loads = map[string]*CellLoad{"another": {Streams: c.other}}
		}
		if got := s.PeakRate(); got != c.want {
			t.Errorf("%+v and %+v: %v, want %v", c.streams, c.other, got, c.want)
		}
	}
}
