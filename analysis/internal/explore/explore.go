package explore

import (
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report"
)

// Options say how an explorer is made.
type Options struct {
	// Live is set for a page that is served: it asks its server how far the run is.
	Live bool
}

// Make makes the explorer of one bundle, or of two: the first is then called base and
// the second head. Problems are what was passed over.
func Make(runs []*load.Run, o Options) (html []byte, problems []error, err error) {
	e, err := newExplorer(runs, o)
	if err != nil {
		return nil, nil, err
	}
	files, err := e.packed()
	if err != nil {
		return nil, nil, err
	}
	html, err = assemble(e.document(), files, o.Live)
	return html, e.Problems, err
}

// explorer is what the page is made from.
type explorer struct {
	*measured.Bundles
	panels []*panel
	across []effect.Row // head against base, of two runs
	notes  []string     // on the comparison of two runs
	live   bool
}

// newExplorer computes what the page shows.
func newExplorer(runs []*load.Run, o Options) (*explorer, error) {
	m, err := measured.Compute(runs, report.Colours(runs))
	if err != nil {
		return nil, err
	}
	e := &explorer{Bundles: m, panels: panelsOf(m), live: o.Live}
	for _, s := range m.Scenarios {
		e.Problems = append(e.Problems, s.Problems...)
	}
	return e, e.compare()
}

// compare sets the second run against the first, as `analysis compare` does. Two runs
// that have nothing in common are shown beside each other.
func (e *explorer) compare() error {
	if len(e.Runs) != 2 {
		return nil
	}
	a, b := e.Runs[0], e.Runs[1]
	res, err := effect.Run([]load.Source{a, b}, compare.Options{})
	switch {
	case errors.Is(err, compare.ErrNothing):
		e.notes = append(e.notes, "Head is not compared with base: the two have no result in common, or are the same bundle.")
		return nil
	case err != nil:
		return fmt.Errorf("compare %s with %s: %w", a.Label(), b.Label(), err)
	}
	e.across, e.notes = res.Rows, res.Notes
	if unlike := load.Unlike(a, b); unlike != "" {
		e.notes = append(e.notes, "The two runs were measured on machines that differ in "+unlike+": so may the numbers.")
	}
	return nil
}

// file is a part of the page that is read when it is needed: compressed, under a name.
type file struct {
	name string
	data []byte
}

// packed makes the details and the histograms of every panel, on all CPUs.
func (e *explorer) packed() ([]file, error) {
	files := make([]file, 2*len(e.panels))
	var g errgroup.Group
	g.SetLimit(workers())
	for i, p := range e.panels {
		g.Go(func() error {
			detail, err := packJSON(e.detail(p))
			if err != nil {
				return fmt.Errorf("explore %s: %w", p.key, err)
			}
			bins, err := packBins(p)
			if err != nil {
				return fmt.Errorf("explore %s: %w", p.key, err)
			}
			files[2*i] = file{"detail:" + p.key, detail}
			files[2*i+1] = file{"bins:" + p.key, bins}
			return nil
		})
	}
	return files, g.Wait()
}
