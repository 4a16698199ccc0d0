package plot

import (
	"io"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Point is an estimate at a setting, such as goodput with 20 workers.
type Point struct {
	// X is the setting, in its own unit.
	X float64
	// Y is the estimate at X, in the unit that the title of the figure names.
	Y      Interval
	Hollow bool // drawn as a ring: the estimate is not to be taken at its word
}

// Response is how an estimate of one variant depends on a setting.
type Response struct {
	// Name stands beside the line, and Slot is its colour: the same for one variant in
	// all figures of a page.
	Name string
	Slot int
	// Points are in any order; the line joins them by rising X.
	Points []Point
}

// Against draws estimates with intervals over a setting, joined by lines. The settings
// stand at even distances, each with a tick, because they are usually chosen as
// multiples of each other.
func Against(w io.Writer, t Theme, title, setting string, responses []Response) error {
	f := newFigure(t, title)
	f.X.Label.Text = setting
	settings, top := settingsOf(responses)
	var ticks []plot.Tick
	for i, s := range settings {
		ticks = append(ticks, plot.Tick{Value: float64(i), Label: number(s)})
	}
	f.X.Min, f.X.Max = -0.2, float64(len(settings))-0.8
	f.X.Tick.Marker = plot.ConstantTicks(ticks)
	f.Y.Min, f.Y.Max = 0, max(top*1.05, 1e-9)
	f.Y.Tick.Marker = plot.ConstantTicks(niceTicks(0, f.Y.Max, 5))
	f.Add(f.gridlines())
	for _, r := range responses {
		r.Points = slices.Clone(r.Points)
		for i, p := range r.Points {
			r.Points[i].X = float64(slices.Index(settings, p.X))
		}
		if err := f.response(r); err != nil {
			return err
		}
	}
	return f.write(w)
}

// settingsOf returns the distinct settings in rising order, and the highest value that
// the figure has to have room for: the top of an interval or an estimate.
func settingsOf(responses []Response) (settings []float64, top float64) {
	for _, r := range responses {
		for _, p := range r.Points {
			settings = append(settings, p.X)
			for _, y := range []float64{p.Y.Center, p.Y.High} {
				if isFinite(y) {
					top = max(top, y)
				}
			}
		}
	}
	slices.Sort(settings)
	return slices.Compact(settings), top
}

// pointMarks draws discs with vertical interval bars.
type pointMarks struct {
	theme  Theme
	slot   int
	points []Point
}

// Plot implements gonum's Plotter.
func (m pointMarks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	colour := m.theme.colour(m.slot)
	bar := draw.LineStyle{Color: colour, Width: 1.5}
	for _, pt := range m.points {
		at := x(pt.X)
		if isFinite(pt.Y.Low) && isFinite(pt.Y.High) {
			c.StrokeLine2(bar, at, y(pt.Y.Low), at, y(pt.Y.High))
			for _, end := range []float64{pt.Y.Low, pt.Y.High} {
				c.StrokeLine2(bar, at-4, y(end), at+4, y(end))
			}
		}
		center := vg.Point{X: at, Y: y(pt.Y.Center)}
		if pt.Hollow {
			// Neither line nor bar may show through the ring.
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: m.theme.Background, Radius: 4, Shape: draw.CircleGlyph{}}, center)
			c.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: 4, Shape: draw.RingGlyph{}}, center)
			continue
		}
		c.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: 3, Shape: draw.CircleGlyph{}}, center)
	}
}
