package compare

import (
	"bytes"
	"fmt"
	"math"
	"slices"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/results"
)

// A block, or a trial if there are no blocks, stands out if the outcomes of base and
// head differ by more than PopulationLimit and also by more than
//
//   - byChance standard errors of two binomial shares. Two trials of the same
//     build with few requests and some errors differ as well, but by this much
//     only once in 100,000 blocks;
//   - usual times the spread of all of these differences, as estimated from
//     their median absolute deviation. If a server refuses by design, refusals
//     of two equal trials differ by far more than chance, and such a difference
//     says nothing about one block.
//
// Note: medians over all trials, which are compared too, would not show a server
// that answers with nothing but errors in a few of its trials.
const (
	byChance = 4.5
	usual    = 7
)

// resultOutcomes is what a line of HTTP results says outcomesOf the unit in question.
type resultOutcomes struct {
	line     int     // number of the result in the input
	block    int     // 0 for text, where the order tells the block
	open     bool    // open load: the result has a lag
	silent   bool    // a closed trial in which nothing was answered
	requests float64 // number of requests that the shares refer to
	shares   shares
}

// shares are the shares of the requests by outcome. A share is NaN if the line does
// not have it. The share of requests answered ok is not used.
type shares [results.NumOutcomes]float64

// outcomesOf reads these from a line. Lines of Go benchmarks have none.
func outcomesOf(o load.Observation) resultOutcomes {
	b := resultOutcomes{requests: float64(o.Iters)}
	for i := range b.shares {
		b.shares[i] = math.NaN()
	}
	if !isHTTP(o.Name) {
		return b
	}
	// Clients of a closed loop always send requests, so if nothing is answered, the
	// server is the cause.
	b.silent = o.Facts != nil && !o.Facts.Open && !o.Facts.Target && o.Iters == 0
	for _, v := range o.Values {
		b.open = b.open || v.Unit == "lag-p99-sec"
		m, _ := results.MetricByUnit(v.Unit)
		if o, ok := m.Outcome(); ok {
			b.shares[o] = v.Value
		}
	}
	return b
}

// isHTTP reports whether a name is that of a line of a bundle's trials.
func isHTTP(n benchfmt.Name) bool { return bytes.HasPrefix(n, []byte("HTTP/")) }

// behind returns the number of values behind the quantiles of the line: the requests
// whose latency is part of the headline latency.
func (b resultOutcomes) behind() uint64 {
	share := 1.0
	for o, x := range b.shares {
		if !results.Outcome(o).Headline() && !math.IsNaN(x) {
			share -= x
		}
	}
	return uint64(math.Round(max(0, share*b.requests)))
}

// column is what one column holds for one row, whatever units its results have. A
// trial with nothing but errors has no latency, but counts.
type column struct {
	results  int
	outcomes []resultOutcomes
	block    map[int]int    // block by line
	unequal  []load.Unequal // different setups from which its results came
	names    []string       // different names of its trials
}

// ratios returns the shares of an outcome by result, without results that have none.
func (c *column) ratios(of func(resultOutcomes) float64) (ratios []float64, from []resultOutcomes) {
	for _, b := range c.outcomes {
		if x := of(b); !math.IsNaN(x) {
			ratios, from = append(ratios, x), append(from, b)
		}
	}
	return ratios, from
}

// silent returns the blocks of trials in which nothing was answered. They have no
// ratios.
func (c *column) silent() []int {
	var blocks []int
	for _, b := range c.outcomes {
		if b.silent {
			blocks = append(blocks, b.block)
		}
	}
	return blocks
}

// separateOutcomes returns the outcomes whose requests are not part of the latencies. Time-outs
// are part of them.
func separateOutcomes() []results.Outcome {
	return slices.DeleteFunc(results.AllOutcomes(), results.Outcome.Headline)
}

// share returns a function that reads the share of an outcome.
func share(o results.Outcome) func(resultOutcomes) float64 {
	return func(b resultOutcomes) float64 { return b.shares[o] }
}

// unanswered returns the share of requests that were not answered ok.
func unanswered(b resultOutcomes) float64 {
	sum := 0.0
	for _, x := range b.shares[results.OK+1:] {
		sum += x
	}
	return sum
}

// gap is by how much more often head had an outcome than base: in one block, or in
// one trial compared with the median of the other column.
type gap struct {
	by, chance float64
	block      int
}

// gaps are the differences of a share between head and base, one for each block that
// both have, or, if unpaired, against the median of the other side.
func gaps(b, h *column, of func(resultOutcomes) float64, paired bool) []gap {
	x, base := b.ratios(of)
	y, head := h.ratios(of)
	if len(x) == 0 || len(y) == 0 {
		return nil
	}
	var all []gap
	if paired {
		at := map[int]int{}
		for i := range base {
			at[base[i].block] = i
		}
		for k := range head {
			if i, ok := at[head[k].block]; ok {
				all = append(all, gap{y[k] - x[i], deviation(x[i], base[i].requests, y[k], head[k].requests), head[k].block})
			}
		}
		return all
	}
	usualBase, usualHead := stats.Median(x).Center, stats.Median(y).Center
	for k := range head {
		all = append(all, gap{y[k] - usualBase, deviation(usualBase, head[k].requests, y[k], head[k].requests), head[k].block})
	}
	for i := range base {
		all = append(all, gap{usualHead - x[i], deviation(x[i], base[i].requests, usualHead, base[i].requests), base[i].block})
	}
	return all
}

// deviation returns the standard deviation of the difference of two shares, of n and
// m requests, if both have the same true value. It is 0 if neither number is known, and
// infinite if one of the shares is of no requests.
func deviation(p, n, q, m float64) float64 {
	switch {
	case n+m == 0:
		return 0
	case n == 0 || m == 0:
		return math.Inf(1)
	}
	both := (p*n + q*m) / (n + m)
	return math.Sqrt(both * (1 - both) * (1/n + 1/m))
}

// outstanding returns the gaps that stand out.
func outstanding(all []gap) []gap {
	by := make([]float64, len(all))
	for i, g := range all {
		by[i] = g.by
	}
	middle := stats.Median(by).Center
	for i := range by {
		by[i] = math.Abs(by[i] - middle)
	}
	// The factor 1.4826 converts the median absolute deviation of normal values to
	// their standard deviation.
	spread := 1.4826 * stats.Median(by).Center
	var out []gap
	for i, g := range all {
		if size := math.Abs(g.by); size > PopulationLimit && size > byChance*g.chance && by[i] > usual*spread {
			out = append(out, g)
		}
	}
	return out
}

// population marks a row whose latencies belong to different requests.
func (r *Row) population(b, h *column) {
	if !units.IsLatency(r.Unit) {
		return
	}
	for _, o := range separateOutcomes() {
		x, _ := b.ratios(share(o))
		y, _ := h.ratios(share(o))
		if d := math.Abs(stats.Median(x).Center - stats.Median(y).Center); d > PopulationLimit {
			r.forbid(Populations, "", "%s differ by %.1f percentage points, so these are latencies of different requests", o.Plural(), 100*d)
			continue
		}
		all := gaps(b, h, share(o), r.Paired)
		if out := outstanding(all); len(out) > 0 {
			largest := 0.0
			for _, g := range out {
				largest = max(largest, math.Abs(g.by))
			}
			r.forbid(Populations, "", "%s differ by up to %.1f percentage points in %d of %d %s, so these are latencies of different requests",
				o.Plural(), 100*largest, len(out), len(all), r.repeats())
		}
	}
}

// answered adds a doubt to a row if head left requests unanswered in only a few
// blocks in which base answered them, or if it answered nothing at all in some
// trial, whatever base did. Estimates over blocks do not show this, but something
// did change.
func (r *Row) answered(b, h *column) {
	if !units.IsLatency(r.Unit) && r.Unit != "within-slo-ratio" && r.Unit != "goodput/s" {
		return
	}
	all := gaps(b, h, unanswered, r.Paired)
	// An outage of base in another block does not compensate for one of head.
	n, most := 0, 0.0
	for _, g := range outstanding(all) {
		if g.by < 0 {
			r.Left[0] = append(r.Left[0], g.block)
			continue
		}
		r.Left[1] = append(r.Left[1], g.block)
		n, most = n+1, max(most, g.by)
	}
	if n > 0 {
		r.doubt("in %d of %d %s %s left up to %.1f percentage points more requests unanswered than %s", n, len(all), r.repeats(), r.Head.Label, 100*most, r.Base.Label)
	}
	for i, c := range []*column{b, h} {
		r.Left[i] = append(r.Left[i], c.silent()...)
	}
	if n := len(h.silent()); n > 0 {
		r.doubt("%s answered nothing at all in %d of %d trials", r.Head.Label, n, h.results)
	}
}

// doubt prevents that head's unanswered requests pass for no change.
func (r *Row) doubt(format string, args ...any) {
	r.Doubts = append(r.Doubts, Mark{Kind: Unanswered, Side: r.Head.Label, Text: Unanswered + ": " + fmt.Sprintf(format, args...)})
}

// repeats names what the values of the row are counted in.
func (r *Row) repeats() string {
	if r.Paired {
		return "blocks"
	}
	return "trials"
}
