package explore

import (
	"fmt"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/section"
	"github.com/assay-bench/assay/analysis/internal/report/words"
)

// heatData is the heat map of one series. Edges are latencies in base units.
type heatData struct {
	// Series is the index of the curve. Start is when the first column begins, in
	// seconds since the attack began, and Step is the width of a column in seconds.
	Series int        `json:"series"`
	Start  float64    `json:"start"`
	Step   float64    `json:"step"`
	Edges  []number   `json:"edges"`
	Counts [][]number `json:"counts"` // of all trials, by second and latency
	// Unit and Factor are as in figure.
	Unit    string  `json:"unit"`
	Factor  float64 `json:"factor"`
	Caption string  `json:"caption"`
}

// heats are the heat maps of all series that ran for two seconds or more.
func (p *panel) heats() (all []heatData) {
	sc := p.scale("p50-sec")
	for i, s := range p.series() {
		h := s.variant.Time.HeatMap(1)
		if h == nil || len(h.Counts) < 2 {
			continue
		}
		d := heatData{Series: i, Start: h.Start, Step: h.Step, Edges: numbers(h.Edges), Unit: sc.Unit, Factor: sc.Factor}
		total := 0.0
		for _, row := range h.Counts {
			d.Counts = append(d.Counts, numbers(row))
			for _, n := range row {
				total += n
			}
		}
		d.Caption = fmt.Sprintf("%s good answers of %s by second and %s: the darker (in dark colours: the brighter) a box, the more requests fell into it.",
			format.Fixed(total, 0), p.name(s), words.Latency(p.first().Open()))
		all = append(all, d)
	}
	return all
}

// ledgerData are the parts of which a request's time is made, as stacked bars.
type ledgerData struct {
	// Names are those of the parts, in the order in which each bar has them. Values are
	// in base units; Unit and Factor are as in figure.
	Names   []string  `json:"names"`
	Unit    string    `json:"unit"`
	Factor  float64   `json:"factor"`
	Bars    []barData `json:"bars"` // by series, then by quantile
	Caption string    `json:"caption"`
}

// barData is one bar: the parts' own quantiles, and the quantile of the whole.
type barData struct {
	// Series is the index of the curve, and Quantile the name, as "p99". Parts are in
	// the order of Names. Whole is null if it falls among time-outs.
	Series   int      `json:"series"`
	Quantile string   `json:"quantile"`
	Parts    []number `json:"parts"`
	Whole    number   `json:"whole"`
}

// ledger is nil if no series recorded the parts.
func (p *panel) ledger() *ledgerData {
	sc := p.scale("p99-sec")
	d := &ledgerData{
		Names: section.SegmentNames(p.first()), Unit: sc.Unit, Factor: sc.Factor,
		Caption: "Bars: the quantiles of the parts of a request's time, medians over trials; marker: the quantile of the whole. They need not agree, because the slowest request of one part is not the slowest of another.",
	}
	for i, s := range p.series() {
		for _, q := range section.Quantiles {
			if parts := section.Segments(s.group, s.variant, q); parts != nil {
				d.Bars = append(d.Bars, barData{i, q.Name, numbers(parts), intervalOf(s.variant.Medians[q.Unit])[0]})
			}
		}
	}
	if len(d.Bars) == 0 {
		return nil
	}
	return d
}
