package load

import "github.com/assay-bench/assay/results"

// MeanTime is the mean time in seconds of all answers of a stream, whatever
// their outcome, on the clock of its headline. It is false without answers, and
// where requests timed out: a request that is never answered
// has no time.
func MeanTime(s *results.StreamResult) (float64, bool) {
	sum, n := 0.0, uint64(0)
	for _, o := range results.AllOutcomes() {
		if q := s.Part(results.HeadlinePart(s.Model), o); o.Ended() && q.Mean != nil {
			sum += *q.Mean * float64(q.Count)
			n += q.Count
		}
	}
	if n == 0 || s.Outcomes.Timeout > 0 {
		return 0, false
	}
	return sum / float64(n) / 1e9, true
}
