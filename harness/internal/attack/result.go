package attack

import (
	"maps"
	"slices"
	"strconv"

	"github.com/assay-bench/assay/results"
)

// finish writes what has not been written yet, and returns the result of the stream.
func (r *recorder) finish() (*results.StreamResult, error) {
	r.out.Lock()
	defer r.out.Unlock()
	whole, kinds := r.collect()
	r.write(len(r.kept))
	res := r.result(whole, &r.total)
	if len(kinds) > 1 {
		for kind, name := range r.cfg.Targets {
			res.Targets = append(res.Targets, *r.ofTarget(name, res, &kinds[kind], &r.targets[kind]))
		}
	}
	if !r.cfg.closed() && r.cfg.SLO > 0 {
		res.WithinSLO = &results.WithinSLO{Threshold: r.cfg.SLO, Count: whole.slo}
	}
	return res, r.err
}

// collect packs what has not been packed yet, and adds the sums of all books together: of
// all requests, and of each target. It is called with out held.
func (r *recorder) collect() (whole *sums, kinds []sums) {
	all := newSums()
	kinds = make([]sums, r.cfg.kinds())
	for kind := range kinds {
		kinds[kind] = newSums()
	}
	for _, b := range r.books {
		for _, key := range slices.Sorted(maps.Keys(b.seconds)) {
			r.pack(b, b.seconds[key])
		}
		for kind := range b.sums {
			if r.cfg.whole(kind) {
				all.add(&b.sums[kind])
			}
			kinds[kind].add(&b.sums[kind])
		}
	}
	return &all, kinds
}

// ofTarget returns the result of one target of a stream. Its rates are over the window of
// the stream: a burst has one end for all.
func (r *recorder) ofTarget(name string, stream *results.StreamResult, n *sums, total *cells[*binTotal]) *results.StreamResult {
	res := r.result(n, total)
	res.Name, res.Scheduled = name, res.Recorded
	res.Window = stream.Window
	rate(res)
	return res
}

// result returns what was counted, of all requests or of a target. It is called with
// out held.
func (r *recorder) result(n *sums, total *cells[*binTotal]) *results.StreamResult {
	res := &results.StreamResult{
		Model: results.ModelOpen, Window: r.cfg.Duration,
		Recorded: n.recorded, Completed: n.completed, CompletedOK: n.completedOK,
		Statuses: map[string]uint64{}, Errors: n.failures, Wrong: n.wrong, Parts: map[string]results.Quantiles{},
		InFlight: n.inFlight, BytesIn: n.bytes,
	}
	for o, count := range n.outcomes {
		res.Outcomes.Add(Outcome(o), count)
	}
	for status, count := range n.statuses {
		if count > 0 {
			res.Statuses[strconv.Itoa(status)] = count
		}
	}
	if r.cfg.closed() {
		res.Model = results.ModelClosed
	}
	if r.cfg.Requests > 0 {
		res.Window = max(n.last-r.window.start, 0)
		res.InFlight = [3]uint64{}
	}
	rate(res)
	r.summarise(res, total)
	if !r.cfg.closed() {
		res.Answered, res.Backlog = &n.answered, n.backlog
		res.GeneratorShares = shares(res, &n.share)
		if v, ok := res.GeneratorShares["p99"]; ok {
			res.GeneratorShare = &v
		}
	}
	if res.Recorded > 0 {
		res.LagMin, res.LagMax = n.lagMin.Seconds(), n.lagMax.Seconds()
	}
	return res
}

// rate sets the rates of a result, over its window.
func rate(res *results.StreamResult) {
	if s := res.Window.Seconds(); s > 0 {
		res.Throughput, res.Goodput = float64(res.Completed)/s, float64(res.CompletedOK)/s
	}
}

// summarise sets the distributions of a result, whose outcomes are known.
func (r *recorder) summarise(res *results.StreamResult, total *cells[*binTotal]) {
	one := results.NewHistogram()
	for part := range total {
		for o, t := range total[part] {
			if t == nil {
				continue
			}
			one.Reset()
			t.pour(one)
			res.Parts[results.PartOf(partName(part, r.phases), Outcome(o))] = results.Summarise(one, 0)
		}
	}
	one.Reset()
	total[r.headlinePart()][OK].pour(one)
	res.Headline = results.Summarise(one, res.Outcomes.Timeout)
}
