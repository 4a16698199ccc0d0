package section

import (
	"fmt"
	"io"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// partWords are the parts of a request's time in words.
var partWords = map[string]string{
	"lag":       "generator (lag)",
	"conn-wait": "waiting for a connection",
	"dial":      "of it: connecting (dial)",
	"handshake": "of it: TLS handshake",
	"service":   "service, as the client sees it",
	"queue":     "server: queue",
	"store":     "server: store",
	"total":     "server: whole handler",
	"handling":  "generator (handling, in no response time)",
}

// ledgerParts are the parts that every request of a group has. Where connections are
// kept only a few requests open one, and quantiles over those few would stand beside
// quantiles over all.
func ledgerParts(g *measured.Group) (names []string) {
	for _, name := range measured.LedgerParts {
		if (name == results.PartDial || name == results.PartHandshake) && !g.Stream.NoReuse {
			continue
		}
		names = append(names, name)
	}
	return names
}

// ledgerTable shows the parts of which a request's time is made.
func ledgerTable(p *page.Page, g *measured.Group) {
	var all []float64
	for _, v := range g.Variants {
		for _, part := range ledgerParts(g) {
			if l, ok := v.Parts[part]; ok {
				all = append(all, l.P50.Center, l.P99.Center)
			}
		}
	}
	if len(all) == 0 {
		p.Line("No histograms of the parts of a request were recorded.\n")
		return
	}
	// One unit for all parts and both quantiles lets a reader compare any two cells.
	sc := format.ScaleOf("p50-sec", all)
	t := table.Table{Head: []string{"part of a successful request, " + sc.Unit}}
	for _, v := range g.Variants {
		t.Head = append(t.Head, "`"+v.Variant+"` p50", "`"+v.Variant+"` p99")
	}
	missing := false
	for _, name := range ledgerParts(g) {
		row := []string{partWords[name]}
		found := false
		for _, v := range g.Variants {
			part, ok := v.Parts[name]
			found = found || ok
			// Only lanes keep the handling: where there were none it has no row.
			missing = missing || !ok && name != results.PartHandling
			row = append(row, sc.Estimate(part.P50), sc.Estimate(part.P99))
		}
		if found {
			t.Add(row...)
		}
	}
	p.Table(&t)
	note := "Quantiles of parts do not add up to that of the whole: the slowest request of one part is not that of another."
	if missing {
		note += "<br>" + format.None + " not measured."
	}
	p.Line("<sub>%s</sub>\n", note)
}

// ledgerPlot stacks the parts' own quantiles, beside the quantile of the whole. It
// returns "" if the service time of a variant was not recorded.
func ledgerPlot(p *page.Page, g *measured.Group) string {
	sc := format.ScaleOf("p99-sec", g.Scenario.Estimates("p99-sec"))
	var bars []plot.Bar
	for _, v := range g.Variants {
		if _, ok := v.Parts["service"]; !ok {
			return ""
		}
		for _, q := range Quantiles {
			bar := plot.Bar{Name: v.Variant + " " + q.Name, Whole: v.Medians[q.Unit].Center * sc.Factor}
			bar.Segments = segments(v.Parts, q, sc.Factor, g.Stream.NoReuse)
			bars = append(bars, bar)
		}
	}
	title := fmt.Sprintf("where the time goes, %s; bar: the parts' own quantiles, line: the whole's", sc.Unit)
	alt := fmt.Sprintf("%s: parts of a successful request at p50, p99 and p99.9, for %s", g.Scenario.Spec.Name, altNames(g))
	return p.Picture(g.Key+"-ledger", alt, func(w io.Writer, t plot.Theme) error {
		return plot.Ledger(w, t, title, SegmentNames(g), bars)
	})
}

// Quantile is one that a ledger has: its name, its unit, and where it stands.
type Quantile struct {
	// Name is what readers see, and Unit is the metric's name in files.
	Name, Unit string
	of         func(measured.Ledger) stats.Estimate
}

// Quantiles are those of a ledger. Each has a bar of its own, because the parts that
// make a median are seldom those that make a tail.
var Quantiles = []Quantile{
	{"p50", "p50-sec", func(l measured.Ledger) stats.Estimate { return l.P50 }},
	{"p99", "p99-sec", func(l measured.Ledger) stats.Estimate { return l.P99 }},
	{"p99.9", "p99.9-sec", func(l measured.Ledger) stats.Estimate { return l.P999 }},
}

// SegmentNames are the legend of a ledger. They stand in the order of the segments,
// which segments builds in the same two forms.
func SegmentNames(g *measured.Group) []string {
	if g.Stream.NoReuse {
		return []string{"generator", "connecting", "TLS", "rest of connection", "queue", "store", "rest of service"}
	}
	return []string{"generator", "connection", "queue", "store", "rest of service"}
}

// segments are the lengths of a bar's parts. The phases queue and store of the server
// are part of the service time. What they leave of it is spent in network, kernel and
// HTTP, and is the last segment. With opened, for a load whose every request opens a
// connection, the wait for it is divided in the same way.
func segments(parts map[string]measured.Ledger, quantile Quantile, factor float64, opened bool) []float64 {
	length := func(part string) float64 {
		if l, ok := parts[part]; ok {
			return quantile.of(l).Center
		}
		return 0
	}
	// A part that was not recorded has no length, so the bar ends earlier and the line
	// of the whole stands apart from it.
	lengths := []float64{length("lag")}
	if opened {
		lengths = append(lengths, divided(length("conn-wait"), length(results.PartDial), length(results.PartHandshake))...)
	} else {
		lengths = append(lengths, length("conn-wait"))
	}
	lengths = append(lengths, divided(length("service"), length("queue"), length("store"))...)
	for i := range lengths {
		lengths[i] *= factor
	}
	return lengths
}

// divided takes pieces from a whole, in their order and none longer than what is left,
// and adds what remains: together they are the whole.
func divided(whole float64, pieces ...float64) (all []float64) {
	rest := max(whole, 0)
	for _, piece := range pieces {
		// Quantiles of the pieces are not pieces of the quantile, so together they can
		// be longer than the whole. What is too long is cut off, or the last segment
		// would be negative.
		piece = min(piece, rest)
		rest -= piece
		all = append(all, piece)
	}
	return append(all, rest)
}
