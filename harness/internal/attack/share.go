package attack

import (
	"math"
	"math/bits"
	"time"

	"github.com/assay-bench/assay/results"
)

// shareSketch answers one question for every value, in a bounded amount of memory:
// among the requests whose response time was at least that value, what was the
// median share of the generator's own lag? It counts requests by response time, in
// sixteen classes per doubling, and by share, in forty classes per decade. A class of
// response times without a request is nil: a stream may have many targets, and each has
// a sketch.
type shareSketch [44 * 16]*[shareBins]uint32

const (
	shareBins   = 4*40 + 2 // 0, then 1e-4 … 1, then 1
	shareLowest = 1e-4
)

// add counts a request.
func (s *shareSketch) add(response, lag time.Duration) {
	class := responseClass(response)
	if s[class] == nil {
		s[class] = new([shareBins]uint32)
	}
	s[class][shareClass(lag, response)]++
}

// join adds the counts of another sketch.
func (s *shareSketch) join(other *shareSketch) {
	for i, more := range other {
		if more == nil {
			continue
		}
		if s[i] == nil {
			s[i] = new([shareBins]uint32)
		}
		for k, n := range more {
			s[i][k] += n
		}
	}
}

// responseClass returns the class of a response time. Everything below 16 ns is in the
// first class.
func responseClass(d time.Duration) int {
	v := uint64(max(d, 16))
	shift := bits.Len64(v) - 5 // leaves 16 … 31
	return min(16*shift+int(v>>shift)-16, len(shareSketch{})-1)
}

// shareClass returns the class of the part that the lag has in the response.
func shareClass(lag, response time.Duration) int {
	if response <= 0 {
		return 0
	}
	x := float64(lag) / float64(response)
	if x < shareLowest {
		return 0
	}
	return min(1+int(40*math.Log10(x/shareLowest)), shareBins-1)
}

// median returns the median share among requests that took at least atLeast, rounded
// up to the edge of its class. It returns nil if there are no such requests.
func (s *shareSketch) median(atLeast time.Duration) *float64 {
	var counts [shareBins]uint64
	var n uint64
	for _, byShare := range s[responseClass(atLeast):] {
		if byShare == nil {
			continue
		}
		for i, c := range byShare {
			counts[i] += uint64(c)
			n += uint64(c)
		}
	}
	if n == 0 {
		return nil
	}
	var seen uint64
	for i, c := range counts {
		if seen += c; 2*seen >= n {
			v := 0.0
			if i > 0 {
				v = math.Min(shareLowest*math.Pow(10, float64(i)/40), 1)
			}
			return &v
		}
	}
	return nil
}

// shares returns the generator's share in each metric of the headline latency, by
// the name of the metric (see results.StreamResult). A metric among time-outs has
// none.
func shares(res *results.StreamResult, sketch *shareSketch) map[string]float64 {
	all := map[string]float64{}
	for _, m := range results.Metrics() {
		at := res.Headline.At(m.Quantile)
		switch {
		case !m.Headline:
			continue
		case m.Quantile == 0: // the mean
			lag, response := res.Part(results.PartLag, OK).Mean, res.Headline.Mean
			if lag != nil && response != nil && *response > 0 {
				all[m.Name] = *lag / *response
			}
			continue
		case m.Quantile == 1:
			at = res.Headline.Max
		}
		if at == nil {
			continue
		}
		if v := sketch.median(time.Duration(*at)); v != nil {
			all[m.Name] = *v
		}
	}
	return all
}
