package explore

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// Kinds of figures, by what their horizontal axis shows.
const (
	byShare  = "share"  // share of the requests, stretched towards 1
	bySecond = "second" // seconds since the attack began
	byRate   = "rate"   // offered rate per second, of a search
)

// figure is a plot of lines. Values are in base units; the page multiplies them by
// Factor and prints Unit behind them.
type figure struct {
	ID      string  `json:"id"`    // end of the figure's address
	Kind    string  `json:"kind"`  // one of the kinds above
	Title   string  `json:"title"` // a heading, plain text
	Y       string  `json:"y"`     // what the vertical axis shows
	Unit    string  `json:"unit"`
	Factor  float64 `json:"factor"`
	Caption string  `json:"caption"` // what is to be seen, in sentences
	Zero    bool    `json:"zero"`    // the vertical axis begins at zero
	// Lines has no line without a point.
	Lines []line `json:"lines"`
	Limit number `json:"limit,omitempty"` // a value with a dashed line
	Equal bool   `json:"equal,omitempty"` // a dashed line where the value is the place itself
}

// line is the band of one series.
type line struct {
	Series int `json:"series"` // index in the curves of the panel
	band
	Open []bool `json:"open,omitempty"` // which points are rings
}

// add adds a line, unless it has no point.
func (f *figure) add(l line) {
	if len(l.X) > 0 {
		f.Lines = append(f.Lines, l)
	}
}

// figures are the plots of lines of a panel, in the order in which they stand.
func (p *panel) figures() []figure {
	all := append([]figure{p.percentiles()}, p.ofTargets()...)
	word := words.Latency(p.first().Open())
	for _, q := range []struct{ id, name, unit string }{{"time-p50", "Median", "p50-sec"}, {"time-p99", "p99", "p99-sec"}} {
		f := p.overTime(q.id, q.name+" "+word+" by second", p.scale(q.unit), func(v *measured.Variant) map[int][]float64 {
			if q.unit == "p50-sec" {
				return v.Time.P50
			}
			return v.Time.P99
		})
		f.Caption = fmt.Sprintf("%s of the requests of every second, %s. %s", q.name, p.overTrials(), p.shaded())
		all = append(all, f)
	}
	rate := p.overTime("rate", "Good answers by second", format.Scale{Factor: 1, Unit: "/s"}, answeredOK)
	rate.Zero = true
	rate.Caption = fmt.Sprintf("Requests of every second that were answered ok, %s. %s%s", p.overTrials(), p.meant(), p.shaded())
	all = append(all, rate)
	if p.first().Variants[0].Recovery != nil {
		within := p.overTime("within", "Answered well in time", format.Scale{Factor: 100, Unit: "%"}, func(v *measured.Variant) map[int][]float64 {
			if v.Recovery == nil {
				return nil
			}
			return v.Recovery.Within
		})
		within.Zero = true
		within.Caption = fmt.Sprintf("Share of the requests that were answered ok within the objective, by the second in which they were meant to start, %s.", p.overTrials())
		all = append(all, within)
	}
	all = append(all, p.used()...)
	// A single second has no course over time.
	return slices.DeleteFunc(all, func(f figure) bool {
		return !slices.ContainsFunc(f.Lines, func(l line) bool { return len(l.X) > 1 })
	})
}

// percentiles is the latency by percentile.
func (p *panel) percentiles() figure {
	g := p.first()
	word := words.Latency(g.Open())
	var all []float64
	f := figure{ID: "latency", Kind: byShare, Title: capital(word) + " by percentile", Y: word}
	for i, s := range p.series() {
		l := line{Series: i}
		for _, q := range s.variant.Curve {
			l.add(q.Share, q.Latency)
			all = append(all, q.Latency.Center)
		}
		f.add(l)
	}
	sc := format.ScaleOf("p50-sec", all)
	f.Unit, f.Factor = sc.Unit, sc.Factor
	f.Caption = fmt.Sprintf("%s of successful requests by percentile, %s. At p99: %s.", capital(word), p.overTrials(), p.list("p99-sec"))
	return f
}

// ofTargets are the latencies of each target by percentile, where a stream has several: at
// the percentiles that the records of the trials have.
func (p *panel) ofTargets() (figures []figure) {
	var names []string
	for _, s := range p.series() {
		for _, t := range s.variant.Targets {
			if !slices.Contains(names, t.Target) {
				names = append(names, t.Target)
			}
		}
	}
	word := words.Latency(p.first().Open())
	for _, name := range names {
		f := figure{ID: "target/" + name, Kind: byShare, Title: capital(word) + " of " + name + " by percentile", Y: word}
		var all []float64
		for i, s := range p.series() {
			l := line{Series: i}
			for _, t := range s.variant.Targets {
				for _, unit := range []string{"p50-sec", "p90-sec", "p95-sec", "p99-sec", "p99.9-sec"} {
					if e, ok := t.Medians[unit]; ok && t.Target == name {
						l.add(units.Quantile(unit), e)
						all = append(all, e.Center)
					}
				}
			}
			f.add(l)
		}
		sc := format.ScaleOf("p50-sec", all)
		f.Unit, f.Factor = sc.Unit, sc.Factor
		f.Caption = fmt.Sprintf("%s of the successful requests of %s at five percentiles, %s.", capital(word), name, p.overTrials())
		figures = append(figures, f)
	}
	return figures
}

// overTime is a figure over the seconds of the attack, of values by second and trial.
func (p *panel) overTime(id, title string, sc format.Scale, of func(v *measured.Variant) map[int][]float64) figure {
	f := figure{ID: id, Kind: bySecond, Title: title, Y: title, Unit: sc.Unit, Factor: sc.Factor}
	for i, s := range p.series() {
		l := line{Series: i}
		values := of(s.variant)
		for _, at := range slices.Sorted(maps.Keys(values)) {
			l.add(float64(at), stats.Median(values[at]))
		}
		f.add(l)
	}
	return f
}

// answeredOK are the good answers by second. A trial that has none in a second in which
// others have some counts as 0.
func answeredOK(v *measured.Variant) map[int][]float64 {
	all := map[int][]float64{}
	for at, values := range v.Time.OK {
		all[at] = append(slices.Clone(values), make([]float64, max(0, len(v.Trials)-len(values)))...)
	}
	return all
}

// used are the figures of what the servers used: those that have a value above zero.
func (p *panel) used() (figures []figure) {
	for _, u := range []struct {
		id, title, caption string
		kind               measured.Usage
		scale              format.Scale
	}{
		{"cpu", "CPUs used by the server", "CPU seconds per second that the server used, from one reading to the next", measured.CPU, format.Plain},
		{"memory", "Resident memory of the server", "Resident memory of the server, one reading a second", measured.Memory, format.Scale{Factor: 1.0 / (1 << 20), Unit: "MiB"}},
		{"goroutines", "Goroutines of the server", "Goroutines of the server, one reading a second", measured.Goroutines, format.Plain},
		{"connections", "Store connections of the server", "Connections of the server to its store, idle ones too, one reading a second", measured.Connections, format.Plain},
	} {
		f := p.overTime(u.id, u.title, u.scale, func(v *measured.Variant) map[int][]float64 { return v.Time.Used[u.kind] })
		highest := 0.0
		for _, l := range f.Lines {
			for _, y := range l.Center {
				highest = max(highest, float64(y))
			}
		}
		// Nothing but zeros is a server without a store, or a system that does not tell.
		if highest == 0 {
			continue
		}
		f.Zero = true
		f.Caption = fmt.Sprintf("%s, %s. A peak between two readings is not seen here; the table has the peaks. %s", u.caption, p.overTrials(), p.shaded())
		figures = append(figures, f)
	}
	return figures
}

// overTrials says what lines and bands are.
func (p *panel) overTrials() string {
	fewest, confidence := -1, ""
	for _, s := range p.series() {
		if n := len(s.variant.Trials); fewest < 0 || n < fewest {
			fewest = n
		}
	}
	if e := stats.Median(make([]float64, max(0, fewest))); e.Bounded() {
		confidence = "; the band is its " + format.Percent(e.Confidence) + " interval"
	}
	return "the median over " + words.Plural(fewest, "trial") + confidence
}

// meant says to which second a request belongs.
func (p *panel) meant() string {
	if p.first().Open() {
		return "A request belongs to the second in which it was meant to start. "
	}
	return "A request belongs to the second in which it was sent. "
}

// shaded says what the shade over the first seconds is.
func (p *panel) shaded() string {
	if p.first().Warmup == 0 {
		return ""
	}
	return "Shaded: the warm-up, which no other number covers."
}

// list gives the medians of a unit, for those who do not see the plot.
func (p *panel) list(unit string) string {
	sc := p.scale(unit)
	var items []string
	for _, s := range p.series() {
		text := sc.Center(s.variant.Medians[unit])
		if text != format.None && sc.Unit != "" && text != "> time-out" {
			text += " " + sc.Unit
		}
		items = append(items, p.name(s)+" "+text)
	}
	return words.List(items)
}

// name is the name of a series, with its run if the panel has two.
func (p *panel) name(s series) string {
	if len(p.members) < 2 {
		return s.variant.Variant
	}
	return s.variant.Variant + " (" + runNames[s.run] + ")"
}

// capital begins a sentence.
func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
