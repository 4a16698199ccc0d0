package self

import (
	"bytes"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/assay-bench/assay/harness/internal/knownanswer"
)

// row is one line of the table.
type row struct {
	what, bar, ours, vegeta, wrk string
	met                          bool
}

// Print writes the figures beside those that have to be reached.
func (f *Figures) Print(w io.Writer) error {
	var b bytes.Buffer
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tto reach\tassay\tvegeta\twrk\t")
	for _, r := range f.rows() {
		verdict := "met"
		switch {
		case r.bar == "":
			verdict = ""
		case !r.met:
			verdict = "missed"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", r.what, r.bar, r.ours, r.vegeta, r.wrk, verdict)
	}
	// Writing to a bytes.Buffer never fails.
	_ = t.Flush()
	fmt.Fprintf(&b, "\nMedians of %d interleaved rounds; ratios are medians of the rounds' ratios. A dash: the tool does not offer this.\n", len(f.stall))
	_, err := w.Write(b.Bytes())
	return err
}

func (f *Figures) rows() []row {
	rows := f.costRows()
	rows = append(rows, f.lagRows()...)
	rows = append(rows, f.stallRows()...)
	rows = append(rows, f.shapeRows()...)
	small, large := median(f.memory[0]), median(f.memory[1])
	growth := median(ratios(f.memory[1], f.memory[0]))
	return append(rows,
		row{
			what: "memory, 1,000,000 requests against 10,000", bar: "≤ 1.1 ×, < 100 MB",
			ours: fmt.Sprintf("%.2f × (%.1f MB, %.1f MB)", growth, large/1e6, small/1e6),
			met:  growth <= 1.1 && large < 100e6,
		},
		row{what: "sent = scheduled", bar: "always", ours: fmt.Sprintf("%d of %d", f.sent, f.wanted), met: f.sent == f.wanted},
	)
}

// costRows compares the cost at both servers.
func (f *Figures) costRows() []row {
	return append(f.fastest.rows("faster than the tools"), f.common.rows("of net/http")...)
}

func (c *costs) rows(server string) []row {
	micros := func(all []float64) string { return fmt.Sprintf("%.1f µs", 1e6*median(all)) }
	ratio := func(name string, theirs []float64, bar float64) row {
		all := ratios(c.ours, theirs)
		r := row{
			what: "  assay's against " + name,
			ours: fmt.Sprintf("%.2f × (%.2f … %.2f)", median(all), slices.Min(all), slices.Max(all)),
		}
		if bar > 0 {
			r.bar, r.met = fmt.Sprintf("≤ %.2f ×", bar), median(all) <= bar
		}
		return r
	}
	both := make([]float64, len(c.vegeta))
	for i := range both {
		both[i] = c.vegeta[i] + c.report[i]
	}
	return []row{
		{
			what: "CPU per request, 64 connections, server " + server,
			ours: micros(c.ours), vegeta: micros(c.vegeta), wrk: micros(c.wrk),
		},
		ratio("vegeta attack", c.vegeta, 0.40),
		ratio("wrk", c.wrk, 1.80),
		ratio("vegeta attack and report", both, 0),
	}
}

// Figures that the lag has to reach, in seconds.
const (
	barLagP50 = 50e-6
	barLagP99 = 300e-6
)

func (f *Figures) lagRows() (rows []row) {
	both := func(p50, p99 float64) string { return fmt.Sprintf("%.0f, %.0f µs", 1e6*p50, 1e6*p99) }
	for i, rate := range paces {
		p50, p99 := median(f.lagP50[i]), median(f.lagP99[i])
		rows = append(rows,
			row{
				what: fmt.Sprintf("lag at %.0f/s, p50 and p99", rate), bar: "≤ 50, 300 µs",
				ours: both(p50, p99), vegeta: "–", wrk: "–", met: p50 <= barLagP50 && p99 <= barLagP99,
			},
			row{
				what: fmt.Sprintf("lateness of arrival at %.0f/s", rate), ours: both(median(f.oursLate[i][0]), median(f.oursLate[i][1])),
				vegeta: both(median(f.vegetaLate[i][0]), median(f.vegetaLate[i][1])), wrk: "–",
			})
	}
	return rows
}

// stallRows compares the stall with arithmetic, and with the server's stamps.
func (f *Figures) stallRows() (rows []row) {
	bars := []float64{0, 0.05, 0.02, 0.02}
	for i, q := range f.stall[0].Quantiles {
		truth := 0.0
		if q.Planned != nil {
			truth = *q.Planned
		}
		reported := over(f.stall, func(r *knownanswer.Result) *float64 { return r.Quantiles[i].Reported })
		vegeta := vegetaQuantile(f.vegetaStall, i)
		r := row{what: fmt.Sprintf("stall, %s of arithmetic %.1f ms", q.Name, 1e3*truth), wrk: "–"}
		if bars[i] == 0 {
			d := median(reported) - truth
			r.bar, r.met = "within 0.1 ms", math.Abs(d) <= 1e-4
			r.ours = fmt.Sprintf("%+.3f ms", 1e3*d)
			r.vegeta = fmt.Sprintf("%+.3f ms", 1e3*(median(vegeta)-truth))
		} else {
			e := median(reported)/truth - 1
			r.bar, r.met = fmt.Sprintf("≤ %.0f %%", 100*bars[i]), math.Abs(e) <= bars[i]
			r.ours, r.vegeta = fmt.Sprintf("%+.2f %%", 100*e), "–"
			if vegeta != nil {
				r.vegeta = fmt.Sprintf("%+.2f %%", 100*(median(vegeta)/truth-1))
			}
		}
		rows = append(rows, r)
	}
	return append(rows, stampedRow("stall against the server's stamps", f.stall))
}

// vegetaQuantile returns the percentile of vegeta that corresponds to one of
// Assay's, or nil.
func vegetaQuantile(all []*vegetaReport, i int) (v []float64) {
	for _, r := range all {
		l := r.Latencies
		if told := []float64{l.P50, l.P95, l.P99}; i < len(told) {
			v = append(v, told[i]/1e9)
		}
	}
	return v
}

// stampedRow shows the errors of p95, p99 and p99.9 against the stamps.
func stampedRow(what string, all []*knownanswer.Result) row {
	r := row{what: what + ", p95, p99, p99.9", bar: "≤ 1 %", met: true, vegeta: "–", wrk: "–"}
	var parts []string
	for i := 1; i < len(all[0].Quantiles); i++ {
		e := over(all, func(r *knownanswer.Result) *float64 { return r.Quantiles[i].StampedError })
		m := median(e)
		r.met = r.met && math.Abs(m) <= 0.01
		parts = append(parts, fmt.Sprintf("%+.2f", 100*m))
	}
	r.ours = strings.Join(parts, ", ") + " %"
	return r
}

// shapeRows lists the other known-answer tests. Tests with a stall of another rate
// or length have to reach the same figure as the stall.
func (f *Figures) shapeRows() (rows []row) {
	all := slices.Concat(f.stall, f.shapes)
	for _, p := range f.pairs {
		rows = append(rows, stampedRow(p[0].Name, p))
		all = append(all, p...)
	}
	for _, s := range f.shapes {
		r := row{what: s.Name, bar: "≤ 2 %, or flagged", met: true, vegeta: "–", wrk: "–", ours: "right"}
		if !s.OK {
			r.ours = "flagged: " + s.Faults[0]
		}
		rows = append(rows, r)
	}
	impossible := 0
	for _, s := range all {
		impossible += s.Impossible
	}
	return append(rows, row{
		what: "requests whose stamps are out of order", bar: "0", ours: fmt.Sprint(impossible), met: impossible == 0,
	})
}

// over collects one figure of all rounds. A figure that does not exist makes the
// median NaN, which never reaches its bar.
func over(all []*knownanswer.Result, figure func(*knownanswer.Result) *float64) (v []float64) {
	for _, r := range all {
		x := figure(r)
		if x == nil {
			return nil
		}
		v = append(v, *x)
	}
	return v
}

// ratios divides the values round by round.
func ratios(a, b []float64) []float64 {
	r := make([]float64, len(a))
	for i := range a {
		r[i] = a[i] / b[i]
	}
	return r
}

// median returns NaN for an empty slice.
func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	if n := len(s); n%2 == 0 {
		return (s[n/2-1] + s[n/2]) / 2
	}
	return s[len(s)/2]
}

// quantile returns the value of rank ⌈p·n⌉, or NaN for an empty slice.
func quantile(v []float64, permille int) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	return s[(len(s)*permille+999)/1000-1]
}
