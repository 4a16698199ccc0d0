package lane

import "time"

// Busy tells how busy a lane was, second by second.
type Busy struct {
	start  time.Duration   // on the lane's clock, of the first stream
	begun  bool            // there was a stream
	waited []time.Duration // in each second from the start on
}

// begin fixes where the first second begins.
func (b *Busy) begin(at time.Duration) {
	if !b.begun {
		b.start, b.begun = at, true
	}
}

// wait adds a wait, cut at the seconds.
func (b *Busy) wait(from, to time.Duration) {
	from, to = max(from-b.start, 0), to-b.start
	for from < to {
		n := int(from / time.Second)
		for len(b.waited) <= n {
			b.waited = append(b.waited, 0)
		}
		end := min(to, time.Duration(n+1)*time.Second)
		b.waited[n] += end - from
		from = end
	}
}

// Seconds is the share of each second since the start of the first stream that the
// lane spent outside its wait, from 0 to 1. The last one may not be whole: what of
// it the load did not last counts as busy.
func (b *Busy) Seconds() []float64 {
	all := make([]float64, len(b.waited))
	for i, w := range b.waited {
		all[i] = 1 - w.Seconds()
	}
	return all
}
