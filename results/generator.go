package results

// LimitAdvice says, in the imperative, what to do about a load that the generator
// limited.
func (s *StreamResult) LimitAdvice() string {
	if s.GeneratorDelayed {
		return "end other programs, or measure on a machine of your own"
	}
	if s.Model == ModelClosed {
		return "use fewer clients, give the generator more CPUs, or run fewer streams at once"
	}
	return "lower the rate, give the generator more CPUs, or run fewer streams at once"
}

// Share returns the part that the generator's own delay has in a metric of the headline
// latency. For a quantile it is the median of lag/response over the requests at or
// above that quantile, and for the mean it is the mean lag over the mean response. It
// is nil under closed load, for other metrics, and for a quantile among time-outs. In a
// bundle that recorded only the share in the p99, the p99 and what lies above it have
// that share, and nothing is known about lower quantiles.
func (s *StreamResult) Share(m Metric) *float64 {
	if !m.Headline {
		return nil
	}
	if v, ok := s.GeneratorShares[m.Name]; ok {
		return &v
	}
	if s.GeneratorShares == nil && m.Quantile >= 0.99 {
		return s.GeneratorShare
	}
	return nil
}
