package report

import (
	"io"

	"github.com/assay-bench/assay/analysis/internal/plot"
)

// acrossLoads draws throughput and goodput over the number of clients, if the
// page has closed loads of at least three sizes: those bounded by time, or if
// these are too few, bursts.
func (p *page) acrossLoads() error {
	if done, err := p.acrossClosed(false); done || err != nil {
		return err
	}
	_, err := p.acrossClosed(true)
	return err
}

func (p *page) acrossClosed(bursts bool) (done bool, err error) {
	type series struct{ goodput, throughput plot.Response }
	byVariant := map[string]*series{}
	var order []string
	sizes := map[int]bool{}
	for _, s := range p.studies {
		for _, g := range s.groups {
			if g.load.Clients == 0 || g.label != "" || sizes[g.load.Clients] || (g.load.Requests > 0) != bursts {
				continue // a second load of one size would need another axis
			}
			if g.load.Think > 0 || len(s.spec.Servers) > 1 {
				continue // clients that rest, or another store, are another line
			}
			sizes[g.load.Clients] = true
			for _, c := range g.cells {
				if c.aaOf != "" || c.control {
					continue
				}
				v := byVariant[c.Variant]
				if v == nil {
					r := plot.Response{Name: c.Variant, Slot: c.slot}
					v = &series{r, r}
					byVariant[c.Variant] = v
					order = append(order, c.Variant)
				}
				x := float64(g.load.Clients)
				v.goodput.Points = append(v.goodput.Points, plot.Point{X: x, Y: drawn(c.medians["goodput/s"])})
				v.throughput.Points = append(v.throughput.Points, plot.Point{X: x, Y: drawn(c.medians["req/s"])})
			}
		}
	}
	if len(sizes) < 3 {
		return false, nil
	}
	var goodput, throughput []plot.Response
	for _, name := range order {
		goodput = append(goodput, byVariant[name].goodput)
		throughput = append(throughput, byVariant[name].throughput)
	}
	p.line("## Across loads\n\nThe closed loads of this page differ in more than their number of clients, such as their length; the lines join them for the eye.\n\n<p>")
	for _, f := range []struct {
		name, title string
		data        []plot.Response
	}{{"goodput", "successful answers (goodput), per second", goodput}, {"throughput", "all answers (throughput), per second", throughput}} {
		m, err := p.picture("clients-"+f.name, f.name+" over the number of clients, with intervals.", func(w io.Writer, t plot.Theme) error {
			return plot.Against(w, t, f.title, "clients", f.data)
		})
		if err != nil {
			return false, err
		}
		p.line("%s", m)
	}
	p.line("</p>\n")
	return true, nil
}
