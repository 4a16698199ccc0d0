package lane

import "time"

// busy records how busy a lane was in each second.
type busy struct {
	start  time.Duration   // start of the first stream, on the lane's clock
	begun  bool            // a stream has started
	waited []time.Duration // how long the lane waited, in each second since start
}

// begin sets the start of the first second, if no stream has started before.
func (b *busy) begin(at time.Duration) {
	if !b.begun {
		b.start, b.begun = at, true
	}
}

// wait adds a wait. A wait that spans several seconds is divided among them.
func (b *busy) wait(from, to time.Duration) {
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

// Seconds returns, for each second since the start of the first stream, the share of the
// second in which the lane did not wait, from 0 to 1. The last second ends now, and may be
// shorter.
func (b *busy) Seconds(now time.Duration) []float64 {
	left := max(now-b.start, 0)
	all := make([]float64, (left+time.Second-1)/time.Second)
	for i := range all {
		length := min(left, time.Second)
		left -= length
		all[i] = 1
		if i < len(b.waited) {
			all[i] = max(1-b.waited[i].Seconds()/length.Seconds(), 0)
		}
	}
	return all
}
