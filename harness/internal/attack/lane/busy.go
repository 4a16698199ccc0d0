package lane

import "time"

// busy tells how busy a lane was, second by second.
type busy struct {
	start  time.Duration   // on the lane's clock, of the first stream
	begun  bool            // there was a stream
	waited []time.Duration // in each second from the start on
}

// begin fixes where the first second begins.
func (b *busy) begin(at time.Duration) {
	if !b.begun {
		b.start, b.begun = at, true
	}
}

// wait adds a wait, cut at the seconds.
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

// Seconds is the share of each second since the start of the first stream that the
// lane spent outside its wait, from 0 to 1. The last one ends now.
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
