package host

import "time"

// pulsePeriod is how often a Pulse looks at the clocks. A look takes a microsecond of
// the generator's CPU time.
const pulsePeriod = 50 * time.Millisecond

// Pulse watches this process and the system's clock while a load is made. It finds what
// readings at the beginning and at the end of the load cannot show: that the process did
// not run for a while, because it was stopped or the machine was suspended, and that the
// wall clock was set and set back.
type Pulse struct {
	stop chan struct{}
	done chan struct{}
	seen gaps
}

// gaps is what the looks of a Pulse found.
type gaps struct {
	mono, wall time.Duration // of the newest look
	any        bool          // there was a look
	longest    time.Duration // between two looks, without the period
	step       time.Duration // of the wall clock against the monotonic one, the largest of all
}

// look takes a reading of both clocks. Each step of the wall clock is held against the
// last look and not against the first: steps do not cancel each other, and a clock that
// is only made to run faster or slower does not step.
func (g *gaps) look(mono, wall time.Duration) {
	if g.any {
		g.longest = max(g.longest, mono-g.mono-pulsePeriod)
		if step := wall - g.wall - (mono - g.mono); step.Abs() > g.step.Abs() {
			g.step = step
		}
	}
	g.mono, g.wall, g.any = mono, wall, true
}

// BeginPulse starts to watch.
func BeginPulse() *Pulse {
	p := &Pulse{stop: make(chan struct{}), done: make(chan struct{})}
	begin := time.Now()
	look := func() {
		if now, ok := readClocks(); ok {
			p.seen.look(now.Sub(begin), now.Round(0).Sub(begin.Round(0)))
		}
	}
	look()
	go func() {
		defer close(p.done)
		t := time.NewTicker(pulsePeriod)
		defer t.Stop()
		for {
			select {
			case <-t.C:
				look()
			case <-p.stop:
				look()
				return
			}
		}
	}()
	return p
}

// readClocks reads the wall clock and the monotonic clock at one moment. A time.Time
// has both, which are read one after the other: where the process lost its CPU between
// the two they do not belong together, and would look like a step. A reading that
// follows another at once has not been interrupted. ok is false if every one was.
func readClocks() (now time.Time, ok bool) {
	const together, tries = 50 * time.Microsecond, 10
	last := time.Now()
	for range tries {
		now = time.Now()
		if now.Sub(last) < together {
			return now, true
		}
		last = now
	}
	return now, false
}

// End stops watching. It returns the longest time in which this process did not run,
// which is 0 if that was shorter than a look, and the largest step of the wall clock,
// which is below 0 if the clock was set back. End is called once.
func (p *Pulse) End() (gap, step time.Duration) {
	close(p.stop)
	<-p.done
	return p.seen.longest, p.seen.step
}
