package lane

import "time"

// flows makes a source one of flows. Requests of the source are the first steps; those that
// follow are due when the answer to the step before has come and the pause is over.
//
// A step that waits for a connection competes with first steps that wait for one: whichever
// was meant to be sent earlier is sent earlier. Unlike the slots of a schedule, steps are
// kept one by one. There are no more of them than flows whose step before was answered.
type flows struct {
	source
	client *closed // the source under closed load, else nil
	steps  uint64
	limit  time.Duration // time-out of a step

	all     []follower
	free    []int32 // unused places of all
	pausing alarms  // steps that nobody has taken up yet, by their intended moments
	held    alarms  // steps that were dispatched and wait for a connection, in the same order
	queue   *alarms // which of the two has the step to be taken next; nil: a first step is
}

// follower is a step that is not the first one of its flow and that was not sent yet.
type follower struct {
	seq          uint64
	at, dispatch time.Duration // intended moment, and dispatch if it is held
	client       int32         // of a closed load
	number       int
}

// newFlows makes the source of a share whose first steps come from another one.
func newFlows(first source, cfg *Config) *flows {
	client, _ := first.(*closed)
	return &flows{source: first, client: client, steps: cfg.Steps, limit: cfg.Timeout}
}

// next implements source.
func (f *flows) next(free bool) time.Duration {
	at := f.source.next(free)
	switch {
	case len(f.held) > 0 && free:
		at = min(at, f.held[0].at)
	case len(f.held) > 0:
		at = min(at, f.held[0].at+f.limit)
	}
	if len(f.pausing) > 0 {
		at = min(at, f.pausing[0].at)
	}
	return at
}

// due implements source.
func (f *flows) due(now time.Duration) bool {
	first := f.source.due(now)
	f.queue = f.earliest(now)
	if first && f.queue != nil && f.source.next(true) <= (*f.queue)[0].at {
		f.queue = nil
	}
	return first || f.queue != nil
}

// earliest returns the queue with the step that has been due for the longest time, or nil.
func (f *flows) earliest(now time.Duration) *alarms {
	switch {
	case len(f.pausing) > 0 && f.pausing[0].at <= now && (len(f.held) == 0 || f.pausing[0].at < f.held[0].at):
		return &f.pausing
	case len(f.held) > 0:
		return &f.held
	}
	return nil
}

// take implements source.
func (f *flows) take(to *flight) (held bool) {
	if f.queue == nil {
		held = f.source.take(to)
		to.entry.Seq *= f.steps
		return held
	}
	place := f.queue.pop().who
	s := &f.all[place]
	to.follows, to.client, to.number = true, s.client, s.number
	to.entry.Seq, to.entry.Intended, to.entry.Dispatch = s.seq, s.at, s.dispatch
	f.free = append(f.free, place)
	return f.queue == &f.held
}

// stamp implements source. The intended moment of a step that follows is known already.
func (f *flows) stamp(to *flight, now time.Duration) {
	if !to.follows {
		f.source.stamp(to, now)
		return
	}
	to.entry.Dispatch = now
	f.lose(to.client, now)
}

// lose counts the time for which a client of a closed load was kept from its next step.
func (f *flows) lose(client int32, now time.Duration) {
	if f.client != nil {
		f.client.lose(client, now)
	}
}

// hold implements source.
func (f *flows) hold(now time.Duration) {
	f.source.hold(now)
	for n := 0; n < mostHeld && len(f.pausing) > 0 && f.pausing[0].at <= now; n++ {
		a := f.pausing.pop()
		f.all[a.who].dispatch = now
		f.lose(f.all[a.who].client, now)
		f.held.push(a)
	}
}

// overdue implements source.
func (f *flows) overdue(now time.Duration) bool {
	f.queue = nil
	if len(f.held) > 0 && f.held[0].at+f.limit <= now {
		f.queue = &f.held
	}
	return f.queue != nil || f.source.overdue(now)
}

// ended implements source.
func (f *flows) ended(from *flight, next Next) {
	if !next.Step {
		f.source.ended(from, next)
		return
	}
	s := follower{seq: from.entry.Seq + 1, at: from.entry.LastByte + next.Pause, client: from.client, number: from.number}
	if f.client != nil {
		f.client.clients[from.client].since = s.at
	}
	place := int32(len(f.all))
	if n := len(f.free); n > 0 {
		place = f.free[n-1]
		f.free = f.free[:n-1]
		f.all[place] = s
	} else {
		f.all = append(f.all, s)
	}
	f.pausing.push(alarm{s.at, place})
}

// over implements source.
func (f *flows) over(now time.Duration) bool {
	return len(f.pausing) == 0 && len(f.held) == 0 && f.source.over(now)
}
