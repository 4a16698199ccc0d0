package attack

// flow makes the flow whose first step is prepared, one step after the other. The entry of
// x is then that of the flow.
//
// A pause ends when the timer of the runtime says so, about a millisecond late. That is a
// part of the lag of the next step.
func (s *single) flow(x *exchange) Outcome {
	r := &x.run
	for step := 0; ; step++ {
		e := &x.entry
		err := s.wire.exchange(&x.msg, x.seq, s.clock.zero.Add(e.Intended+s.cfg.Timeout), e)
		outcome, failure, more := s.cfg.ended(r, e, err)
		s.rec.step(r, e, outcome, failure)
		s.observe(e, outcome)
		if !more {
			whole := r.entry(s.cfg.closed())
			s.rec.flow(whole, e, outcome, failure)
			s.observeFlow(whole, outcome)
			x.entry = *whole
			return outcome
		}
		intended := e.LastByte + s.cfg.Flow.Steps[step+1].Pause
		s.sleep(intended - s.clock.now())
		s.step(x, step+1)
		x.entry.Intended, x.entry.Dispatch = intended, max(s.clock.now(), intended)
	}
}

// step prepares a step of the flow of x.
func (s *single) step(x *exchange, step int) {
	s.number(x, x.run.flow.Seq+uint64(step))
	s.cfg.write(&x.run, &x.msg, step)
	x.keep()
}
