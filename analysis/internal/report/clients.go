package report

import (
	"io"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/analysis/internal/report/page"
)

// acrossClients draws throughput and goodput over the number of clients, if the
// page has closed loads of at least three sizes: those bounded by time, or if
// these are too few, bursts.
func (r *report) acrossClients() {
	// A burst and a load that is bounded by time are never joined by one line: the
	// rates of a burst depend on how long the burst lasts.
	lines, sizes := r.overClients(false)
	if sizes < 3 {
		lines, sizes = r.overClients(true)
	}
	if sizes < 3 {
		return
	}
	var goodput, throughput []plot.Response
	for _, l := range lines {
		goodput, throughput = append(goodput, l.goodput), append(throughput, l.throughput)
	}
	r.Line("## Across loads\n\nThe closed loads of this page differ in more than their number of clients, such as their length; the lines join them for the eye.\n\n<p>")
	for _, f := range []struct {
		name, title string
		data        []plot.Response
	}{{"goodput", "successful answers (goodput), per second", goodput}, {"throughput", "all answers (throughput), per second", throughput}} {
		r.Line("%s", r.Picture("clients-"+f.name, f.name+" over the number of clients, with intervals.", func(w io.Writer, t plot.Theme) error {
			return plot.Against(w, t, f.title, "clients", f.data)
		}))
	}
	r.Line("</p>\n")
}

// clientLine is the response of one variant to the number of clients.
// Both responses have one point per number of clients, in the order of the page, and
// are in answers per second.
type clientLine struct{ goodput, throughput plot.Response }

// overClients gathers the closed loads of the page by variant, either the bursts or the
// loads that are bounded by time, and counts their different numbers of clients. Of
// several loads with the same number of clients it takes the first. It passes over loads
// whose clients rest between requests, and scenarios with a store of their own, because
// they differ in more than the number of clients.
func (r *report) overClients(bursts bool) (lines []*clientLine, sizes int) {
	byVariant := map[string]*clientLine{}
	seen := map[int]bool{}
	for _, s := range r.Scenarios {
		for _, g := range s.Groups {
			if g.Stream.Clients == 0 || g.Label != "" && !variesClients(s) || seen[g.Stream.Clients] || (g.Stream.Requests > 0) != bursts {
				continue
			}
			if g.Stream.Think > 0 || len(s.Spec.Servers) > 1 {
				continue
			}
			// Candidates leave out the A/A copies: a copy would be a second line of the
			// same variant.
			seen[g.Stream.Clients] = true
			for _, v := range g.Candidates() {
				l := byVariant[v.Variant]
				if l == nil {
					response := plot.Response{Name: v.Variant, Slot: v.Slot}
					l = &clientLine{response, response}
					byVariant[v.Variant] = l
					lines = append(lines, l)
				}
				// Y is the median over trials with its interval. The two responses
				// share X, so that a reader can lay the two figures beside each other.
				x := float64(g.Stream.Clients)
				l.goodput.Points = append(l.goodput.Points, plot.Point{X: x, Y: page.Interval(v.Medians["goodput/s"])})
				l.throughput.Points = append(l.throughput.Points, plot.Point{X: x, Y: page.Interval(v.Medians["req/s"])})
			}
		}
	}
	return lines, len(seen)
}

// variesClients reports whether the only thing that the matrix of a scenario varies is its
// load, so that its groups are loads like those of other scenarios.
func variesClients(s *measured.Scenario) bool {
	return len(s.Spec.Cells) > 0 && len(s.Spec.Matrix) == 1 && len(s.Spec.Streams) == 1
}
