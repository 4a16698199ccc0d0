package results

import "time"

// reader takes a metric from a stream of a trial, in base units. It returns false
// if the trial does not have it.
type reader func(*StreamResult, *usage) (float64, bool)

// usage is what a stream's server used, and how many requests it completed in the
// window, over all of its streams. A nil usage is that of a server which is not
// known.
type usage struct {
	*ServerResult
	completed float64
}

// Value is the metric of a stream, in base units. It returns false if the stream
// does not have it: nothing was measured, a quantile falls among time-outs, the
// metric is about what the server used (see [Figures]), or it is no row of the table.
func (m Metric) Value(s *StreamResult) (float64, bool) {
	if m.read == nil {
		return 0, false
	}
	return m.read(s, nil)
}

// Figures are a stream's numbers by unit, in base units (seconds, bytes, per
// second, ratios). What its server used is divided by all that it completed in
// the window, over all of its streams. Figures that do not exist are absent,
// and so are those that bench.txt leaves out.
func Figures(m *Manifest, t *Trial, s *StreamResult) map[string]float64 {
	use := usageOf(m, t, s)
	f := make(map[string]float64, len(metrics))
	for _, row := range metrics {
		if v, ok := row.read(s, use); ok && !row.Unwritten {
			f[row.Unit] = v
		}
	}
	return f
}

// usageOf finds what the stream's server used.
func usageOf(m *Manifest, t *Trial, s *StreamResult) *usage {
	server := ServerOf(m, t, s)
	if server == nil {
		return nil
	}
	use := &usage{ServerResult: server}
	for i := range t.Streams {
		if st := &t.Streams[i]; serverName(m, t, st) == server.Name {
			use.completed += float64(st.Completed)
		}
	}
	return use
}

// quantile is the row of a quantile of the headline latency, which people call by
// the name that its unit begins with.
func quantile(name string, at float64, fewest uint64) Metric {
	return Metric{
		Name: name, Unit: name + "-sec", Label: name, Phrase: "the " + name + " response time", Better: Lower, Dimension: Seconds,
		Quantile: at, Fewest: fewest, Headline: true, read: headline(func(q Quantiles) *float64 { return q.At(at) }),
	}
}

// outcomeShare completes the row of the share of the requests that had one of the
// outcomes.
func outcomeShare(m Metric, of ...Outcome) Metric {
	m.Better, m.Dimension, m.Outcomes, m.read = Lower, Ratio, of, share(of)
	return m
}

// headline reads from the headline latency, which is kept in nanoseconds.
func headline(of func(Quantiles) *float64) reader {
	return func(s *StreamResult, _ *usage) (float64, bool) { return inSeconds(of(s.Headline)) }
}

// part reads a quantile of another part of the latency, of requests answered ok.
func part(name string, at float64) reader {
	return func(s *StreamResult, _ *usage) (float64, bool) { return inSeconds(s.Part(name, OK).At(at)) }
}

// open leaves out closed loads, which have no schedule that the metric could be
// about.
func open(read reader) reader {
	return func(s *StreamResult, u *usage) (float64, bool) {
		if s.Model != ModelOpen {
			return 0, false
		}
		return read(s, u)
	}
}

// withinSLO is the share of the scheduled requests that were answered in time.
func withinSLO(s *StreamResult, _ *usage) (float64, bool) {
	if s.WithinSLO == nil || s.Scheduled == 0 {
		return 0, false
	}
	return float64(s.WithinSLO.Count) / float64(s.Scheduled), true
}

// share reads the share of the requests that had one of the outcomes.
func share(of []Outcome) reader {
	return func(s *StreamResult, _ *usage) (float64, bool) {
		total := s.Outcomes.Total()
		if total == 0 {
			return 0, false
		}
		return float64(s.Outcomes.Of(of...)) / float64(total), true
	}
}

// ofServer reads what the stream's server used at most.
func ofServer(of func(*ServerResult) *float64) reader {
	return func(_ *StreamResult, u *usage) (float64, bool) {
		if u == nil {
			return 0, false
		}
		return value(of(u.ServerResult))
	}
}

// perAnswer reads what the stream's server used for each request that it
// completed.
func perAnswer(of func(*ServerResult) *float64) reader {
	used := ofServer(of)
	return func(s *StreamResult, u *usage) (float64, bool) {
		v, ok := used(s, u)
		if !ok || u.completed == 0 {
			return 0, false
		}
		return v / u.completed, true
	}
}

func inSeconds(ns *float64) (float64, bool) {
	v, ok := value(ns)
	return v / float64(time.Second), ok
}

func value(v *float64) (float64, bool) {
	if v == nil {
		return 0, false
	}
	return *v, true
}
