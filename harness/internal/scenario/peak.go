package scenario

// PeakRate returns how many requests per second the open loads of a trial are due to
// send at most, all together, in the cell where that is most. It is 0 if every load is
// closed. A flow counts with all of its requests. Loads with stages reach their peaks at moments of their own, so that the sum
// may be more than any moment has.
func (s *Scenario) PeakRate() float64 {
	most := s.CellLoad.peakRate()
	for _, l := range s.loads {
		most = max(most, l.peakRate())
	}
	return most
}

// peakRate returns the highest rate of all open streams together, in requests per second. A
// flow counts with all of its steps.
func (l *CellLoad) peakRate() (sum float64) {
	for i := range l.Streams {
		if l.Streams[i].Open == nil {
			continue
		}
		peak := 0.0
		for _, stage := range l.Streams[i].Open.Stages {
			peak = max(peak, stage.From, stage.To)
		}
		sum += peak * float64(l.Streams[i].perArrival())
	}
	return sum
}
