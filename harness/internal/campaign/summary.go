package campaign

import (
	"fmt"
	"io"
	"math"
	"slices"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"

	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/results"
)

// summarise prints the median over trials of every variant with its interval, as a
// first look at each variant by itself. It does not compare variants; the analysis
// does that.
func summarise(out io.Writer, w *results.Writer) error {
	rows := summed(w)
	if len(rows) == 0 {
		return nil
	}
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(tw, "median over trials [95 % interval]\tn\tgoodput /s\tp50 ms\tp99 ms\tfailed %\t")
	few := false
	for _, r := range rows {
		fmt.Fprintf(tw, "%s\t%d\t%s\t%s\t%s\t%s\t\n", r.name[len("BenchmarkHTTP/"):], len(r.goodput),
			interval(r.goodput), interval(r.p50), interval(r.p99), interval(r.failed))
		few = few || len(r.goodput) < fewest
	}
	if err := tw.Flush(); err != nil {
		return err
	}
	if err := sketch(out, rows); err != nil {
		return err
	}
	if err := statuses(out, w); err != nil || !few {
		return err
	}
	_, err := fmt.Fprintf(out, "With fewer than %d trials there is no 95 %% interval, and nothing can be concluded.\n", fewest)
	return err
}

// summary is what the trials of one variant gave, under one load and matrix cell. Each
// slice has a value of every trial.
type summary struct {
	name     string // of the benchmark
	place    int    // of the variant in the scenario files
	goodput  []float64
	p50, p99 []float64 // in milliseconds; +Inf among time-outs
	p90      []float64
	target   bool      // of one target, and not of a stream
	failed   []float64 // per cent of the requests that were not answered ok
}

// summed gathers the valid trials by variant, those of targets below their stream, in
// the order of the scenario files: the order of the trials is drawn and means nothing to
// readers. Profiled trials are not among them.
func summed(w *results.Writer) (rows []*summary) {
	b := &results.Bundle{Manifest: w.Manifest, Trials: w.Done()}
	place := map[string]int{}
	for _, sc := range w.Manifest.Scenarios {
		for _, v := range sc.Variants {
			place[sc.Name+"/"+v.Name] = len(place)
		}
	}
	byName := map[string]*summary{}
	add := func(t *results.Trial, name string, s *results.StreamResult, target bool) {
		r := byName[name]
		if r == nil {
			r = &summary{name: name, target: target, place: place[t.Scenario+"/"+t.Variant]}
			byName[name] = r
			rows = append(rows, r)
		}
		r.add(s)
	}
	for _, t := range b.Valid() {
		for i := range t.Streams {
			s := &t.Streams[i]
			add(&t, results.BenchName(&t, s, nil), s, false)
			for k := range s.Targets {
				add(&t, results.TargetBenchName(&t, s, &s.Targets[k], nil), &s.Targets[k], true)
			}
		}
	}
	slices.SortStableFunc(rows, func(a, b *summary) int { return a.place - b.place })
	return rows
}

// add adds one trial of a stream, or of one of its targets.
func (r *summary) add(s *results.StreamResult) {
	r.goodput = append(r.goodput, s.Goodput)
	r.p50 = append(r.p50, msOf(s.Headline.At(0.50)))
	r.p90 = append(r.p90, msOf(s.Headline.At(0.90)))
	r.p99 = append(r.p99, msOf(s.Headline.At(0.99)))
	if n := s.Outcomes.Total(); n > 0 {
		r.failed = append(r.failed, 100*float64(n-s.Outcomes.OK)/float64(n))
	}
}

// msOf turns nanoseconds into milliseconds.
func msOf(ns *float64) float64 {
	if ns == nil {
		return math.Inf(1) // the quantile falls among time-outs
	}
	return *ns / 1e6
}

// fewest is the smallest number of values whose median has a 95 % interval.
const fewest = 6

// sum is the median of values with its order-statistic interval.
func sum(values []float64) benchmath.Summary {
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95)
}

// interval formats the median with its order-statistic interval, if there is one. Below
// six values there is none.
func interval(values []float64) string {
	s := sum(values)
	if math.IsInf(s.Lo, 0) || math.IsInf(s.Hi, 0) || math.IsNaN(s.Lo) {
		return text.Number(middle(values))
	}
	return fmt.Sprintf("%s [%s, %s]", text.Number(middle(values)), text.Number(s.Lo), text.Number(s.Hi))
}

// middle is the median of values, or NaN if there are none. It may be infinite: package
// benchmath interpolates, which makes NaN of it, and also of a finite value that an infinite
// one follows.
func middle(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	v := slices.Sorted(slices.Values(values))
	half := len(v) / 2
	if len(v)%2 == 1 {
		return v[half]
	}
	return (v[half-1] + v[half]) / 2
}
