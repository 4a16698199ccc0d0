package plot

import (
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Interval is an estimate to draw. Low and High are NaN if it has no interval.
type Interval struct{ Center, Low, High float64 }

// Throughput is what one variant answered per second: all answers, and the successful
// ones.
type Throughput struct {
	// Name stands at the left of the bar, and Slot is its colour.
	Name string
	Slot int
	// All counts every answer, refusals and errors too, and Goodput the successful
	// ones, per second.
	All, Goodput Interval
}

// Throughputs draws answers per second for every variant: a ring for all answers, a
// disc for the successful ones, with bars for intervals. The axis starts at 0.
func Throughputs(w io.Writer, t Theme, variants []Throughput) error {
	f := newFigure(t, "answers per second: ○ all (throughput)   ● successful (goodput)")
	hi := 0.0
	for _, r := range variants {
		for _, v := range []Interval{r.All, r.Goodput} {
			for _, x := range []float64{v.Center, v.High} {
				if !math.IsNaN(x) && !math.IsInf(x, 0) {
					hi = max(hi, x)
				}
			}
		}
	}
	f.height = max(120, 70+34*vg.Length(len(variants)))
	f.X.Min, f.X.Max = 0, hi*1.06
	f.X.Tick.Marker = plot.ConstantTicks(niceTicks(0, hi*1.06, 5))
	f.X.Label.Text = "per second"
	f.Y.Min, f.Y.Max = -0.6, float64(len(variants))-0.4
	var ticks []plot.Tick
	for i, r := range variants {
		ticks = append(ticks, plot.Tick{Value: float64(len(variants) - 1 - i), Label: r.Name})
	}
	f.Y.Tick.Marker = plot.ConstantTicks(ticks)
	f.Y.Tick.Length = 0
	f.Y.LineStyle.Width = 0
	grid := f.gridlines()
	grid.Horizontal.Width = 0
	f.Add(grid, throughputMarks{f.theme, variants})
	return f.write(w)
}

// throughputMarks draws the rings and discs.
type throughputMarks struct {
	theme Theme
	rates []Throughput
}

// Plot implements gonum's Plotter.
func (m throughputMarks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, r := range m.rates {
		row := float64(len(m.rates) - 1 - i)
		colour := m.theme.colour(r.Slot)
		bar := draw.LineStyle{Color: colour, Width: 1.5}
		for _, v := range []struct {
			Interval
			shape  draw.GlyphDrawer
			offset float64
		}{{r.All, draw.RingGlyph{}, 0.18}, {r.Goodput, draw.CircleGlyph{}, -0.18}} {
			if math.IsNaN(v.Center) || math.IsInf(v.Center, 0) {
				continue
			}
			at := y(row + v.offset)
			// An interval narrower than its glyph would only blur it.
			if !math.IsNaN(v.Low) && !math.IsNaN(v.High) && x(v.High)-x(v.Low) > 8 {
				c.StrokeLine2(bar, x(v.Low), at, x(v.High), at)
				for _, end := range []float64{v.Low, v.High} {
					c.StrokeLine2(bar, x(end), at-5, x(end), at+5)
				}
			}
			// The bar must not show through the ring.
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: m.theme.Background, Radius: 4, Shape: draw.CircleGlyph{}}, vg.Point{X: x(v.Center), Y: at})
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: 4, Shape: v.shape}, vg.Point{X: x(v.Center), Y: at})
		}
	}
}
