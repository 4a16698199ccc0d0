package section

import (
	"fmt"
	"io"
	"strconv"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// matrixPlots draws goodput over every matrix key whose values are numbers.
func matrixPlots(p *page.Page, s *measured.Scenario) {
	for _, key := range s.Spec.Matrix {
		responses, settings := responsesTo(s, key)
		// A single setting has no course to draw.
		if settings < 2 {
			continue
		}
		alt := fmt.Sprintf("%s: goodput over %s, with intervals.", s.Spec.Name, key)
		p.Line("%s\n", p.Picture(s.Key+"-by-"+key, alt, func(w io.Writer, t plot.Theme) error {
			return plot.Against(w, t, "goodput, per second", key, responses)
		}))
	}
}

// responsesTo is the goodput of every variant over the values of a matrix key, and the
// number of values. A scenario with several matrix keys has no responses, because its
// goodput does not depend on one of them alone.
func responsesTo(s *measured.Scenario, key string) (responses []plot.Response, settings int) {
	at := map[string]int{} // place in responses, by variant
	seen := map[float64]bool{}
	for _, g := range s.Groups {
		for _, v := range g.Variants {
			// A matrix may hold words, such as names of algorithms. These have no place
			// on an axis.
			x, err := strconv.ParseFloat(v.Matrix[key], 64)
			if err != nil || len(v.Matrix) > 1 {
				continue
			}
			i, ok := at[v.Variant]
			if !ok {
				i = len(responses)
				at[v.Variant] = i
				responses = append(responses, plot.Response{Name: v.Variant, Slot: v.Slot})
			}
			seen[x] = true
			responses[i].Points = append(responses[i].Points, plot.Point{X: x, Y: page.Interval(v.Medians["goodput/s"])})
		}
	}
	return responses, len(seen)
}

// fewestSizes is how many points make a line.
const fewestSizes = 3

// sizePlot draws goodput over the number of workers, for a scenario whose variants
// differ in nothing but the size of their pool.
func sizePlot(p *page.Page, s *measured.Scenario) {
	if len(s.Groups) != 1 || !sizesOnly(s) {
		return
	}
	variants := s.Groups[0].Variants
	line := plot.Response{Name: "goodput", Slot: variants[0].Slot}
	seen := map[int]bool{}
	for _, v := range variants {
		n := s.Workers(v)
		// Two variants of the same size, or one of unknown size, differ in something
		// else. One line through all of them would hide that.
		if n == 0 || seen[n] {
			return
		}
		seen[n] = true
		line.Points = append(line.Points, plot.Point{X: float64(n), Y: page.Interval(v.Medians["goodput/s"])})
	}
	if len(line.Points) < fewestSizes {
		return
	}
	alt := fmt.Sprintf("%s: goodput over the number of workers, with intervals.", s.Spec.Name)
	p.Line("%s\n", p.Picture(s.Key+"-by-workers", alt, func(w io.Writer, t plot.Theme) error {
		return plot.Against(w, t, "goodput, per second", "workers", []plot.Response{line})
	}))
}

// sizesOnly reports whether the variants set workers and queue, and nothing else.
func sizesOnly(s *measured.Scenario) bool {
	for _, v := range s.Spec.Variants {
		for key := range v.Params {
			if key != "workers" && key != "queue" {
				return false
			}
		}
	}
	return true
}
