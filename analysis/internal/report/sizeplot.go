package report

import (
	"fmt"
	"io"

	"github.com/assay-bench/assay/analysis/internal/plot"
)

// fewestSizes is how many points make a line.
const fewestSizes = 3

// sizePlot draws goodput over the number of workers, for a scenario whose variants
// differ in nothing but the size of their pool.
func (p *page) sizePlot(s *study) error {
	if len(s.groups) != 1 || !s.sizesOnly() {
		return nil
	}
	cells := s.groups[0].cells
	line := plot.Response{Name: "goodput", Slot: cells[0].slot}
	seen := map[int]bool{}
	for _, c := range cells {
		n := s.workers(c)
		if n == 0 || seen[n] {
			return nil
		}
		seen[n] = true
		line.Points = append(line.Points, plot.Point{X: float64(n), Y: drawn(c.medians["goodput/s"])})
	}
	if len(line.Points) < fewestSizes {
		return nil
	}
	alt := fmt.Sprintf("%s: goodput over the number of workers, with intervals.", s.spec.Name)
	m, err := p.picture(s.key+"-by-workers", alt, func(w io.Writer, t plot.Theme) error {
		return plot.Against(w, t, "goodput, per second", "workers", []plot.Response{line})
	})
	if err != nil {
		return err
	}
	p.line("%s\n", m)
	return nil
}

// sizesOnly reports whether the variants set workers and queue, and nothing else.
func (s *study) sizesOnly() bool {
	for _, v := range s.spec.Variants {
		for key := range v.Params {
			if key != "workers" && key != "queue" {
				return false
			}
		}
	}
	return true
}
