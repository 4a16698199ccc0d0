package results

import "time"

// reader reads a metric from one stream of a trial, in base units. It returns false
// if the trial does not have the metric.
type reader func(*StreamResult, *usage) (float64, bool)

// usage is what the server of a stream used, and how many answers the server gave in
// the window, over all of its streams and including those to requests of the warm-up.
// A nil usage means that the server is not known.
type usage struct {
	*ServerResult
	answered float64
}

// Value returns the metric of a stream, in base units. It returns false if the
// stream does not have the metric: nothing was measured, the quantile falls among
// time-outs, the metric is about what the server used (see [Figures]), or the metric
// is not a row of the table.
func (m Metric) Value(s *StreamResult) (float64, bool) {
	if m.read == nil {
		return 0, false
	}
	return m.read(s, nil)
}

// Figures returns the numbers of a stream by unit, in base units (seconds, bytes,
// per second, ratios). What the server used is divided by the number of answers that
// it gave in the window, over all of its streams. Figures that do not exist are
// absent.
func Figures(m *Manifest, t *Trial, s *StreamResult) map[string]float64 {
	use := usageOf(m, t, s)
	f := make(map[string]float64, len(metrics))
	for _, row := range metrics {
		if v, ok := row.read(s, use); ok {
			f[row.Unit] = v
		}
	}
	return f
}

// TargetFigures returns the numbers of one of a stream's targets by unit, as [Figures]
// does. Those of the server are absent: nobody knows what it used for which target. A
// target that was never drawn has no figures.
func TargetFigures(target *StreamResult) map[string]float64 {
	f := make(map[string]float64, len(metrics))
	if target.Outcomes.Total() == 0 {
		return f
	}
	for _, row := range metrics {
		if v, ok := row.read(target, nil); ok {
			f[row.Unit] = v
		}
	}
	return f
}

// usageOf finds what the server of the stream used.
func usageOf(m *Manifest, t *Trial, s *StreamResult) *usage {
	server := ServerOf(m, t, s)
	if server == nil {
		return nil
	}
	use := &usage{ServerResult: server}
	for i := range t.Streams {
		if st := &t.Streams[i]; serverName(m, t, st) == server.Name {
			use.answered += float64(st.answers())
		}
	}
	return use
}

// quantile makes the row of a quantile of the headline latency. People call the
// quantile by the name with which its unit begins.
func quantile(name string, at float64, fewest uint64) Metric {
	return Metric{
		Name: name, Unit: name + "-sec", Label: name, Phrase: "the " + name + " response time", Better: Lower, Dimension: Seconds,
		Quantile: at, Fewest: fewest, Headline: true, read: headline(func(q Quantiles) *float64 { return q.At(at) }),
	}
}

// outcomeShare completes the row of a metric that is the share of requests with any
// of the given outcomes.
func outcomeShare(m Metric, of ...Outcome) Metric {
	m.Better, m.Dimension, m.Outcomes, m.read = Lower, Ratio, of, share(of)
	return m
}

// unansweredShare completes the row of the share of the requests that were not
// answered well.
func unansweredShare(m Metric) Metric {
	m = outcomeShare(m, failures()...)
	m.read = unanswered(m.Outcomes)
	return m
}

// headline reads a figure of the headline latency, which is stored in nanoseconds.
func headline(of func(Quantiles) *float64) reader {
	return func(s *StreamResult, _ *usage) (float64, bool) { return inSeconds(of(s.Headline)) }
}

// part reads a quantile of another part of the latency, for requests that were
// answered ok.
func part(name string, at float64) reader {
	return func(s *StreamResult, _ *usage) (float64, bool) { return inSeconds(s.Part(name, OK).At(at)) }
}

// open makes a reader that skips closed loads: they have no schedule that the metric
// could be about.
func open(read reader) reader {
	return func(s *StreamResult, u *usage) (float64, bool) {
		if s.Model != ModelOpen {
			return 0, false
		}
		return read(s, u)
	}
}

// withinSLO reads the share of the scheduled requests that were answered in time.
func withinSLO(s *StreamResult, _ *usage) (float64, bool) {
	if s.WithinSLO == nil || s.Scheduled == 0 {
		return 0, false
	}
	return float64(s.WithinSLO.Count) / float64(s.Scheduled), true
}

// share reads the share of requests that had any of the outcomes.
func share(of []Outcome) reader {
	return func(s *StreamResult, _ *usage) (float64, bool) {
		total := s.Outcomes.Total()
		if total == 0 {
			return 0, false
		}
		return float64(s.Outcomes.Of(of...)) / float64(total), true
	}
}

// unanswered reads the share of requests with one of the outcomes, which are those of
// requests that were not answered well. It is 1 in closed load in which no request
// ended: its clients always ask, so the silence is the server's.
func unanswered(of []Outcome) reader {
	known := share(of)
	return func(s *StreamResult, u *usage) (float64, bool) {
		if s.Model == ModelClosed && s.Recorded == 0 && s.Outcomes.Total() == 0 {
			return 1, true
		}
		return known(s, u)
	}
}

// ofServer reads a peak of what the stream's server used.
func ofServer(of func(*ServerResult) *float64) reader {
	return func(_ *StreamResult, u *usage) (float64, bool) {
		if u == nil {
			return 0, false
		}
		return value(of(u.ServerResult))
	}
}

// bytesOf returns a size as a number, or nil if there is none.
func bytesOf(size *uint64) *float64 {
	if size == nil {
		return nil
	}
	bytes := float64(*size)
	return &bytes
}

// perAnswer reads what the stream's server used for each request that it
// answered.
func perAnswer(of func(*ServerResult) *float64) reader {
	used := ofServer(of)
	return func(s *StreamResult, u *usage) (float64, bool) {
		v, ok := used(s, u)
		if !ok || u.answered == 0 {
			return 0, false
		}
		return v / u.answered, true
	}
}

// inSeconds turns nanoseconds into seconds. It returns false for a number that does not
// exist.
func inSeconds(ns *float64) (float64, bool) {
	v, ok := value(ns)
	return v / float64(time.Second), ok
}

// value returns a number, or false if it does not exist.
func value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}
