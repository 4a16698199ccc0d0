package plot

import (
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Effect is one ratio of a forest plot. Effects of the same group that follow each other
// stand below the name of the group.
type Effect struct {
	// Group is the heading and Label the name of the row below it.
	Group, Label string
	Slot         int // of the colour
	// Ratio is the factor against the base: 1 means no difference.
	Ratio Interval
}

// row is a line of a forest plot: the heading of a group, or an effect.
type row struct {
	heading string
	effect  *Effect
}

// Forest draws ratios with intervals below each other, on a logarithmic axis
// with a line at 1, where nothing differs.
func Forest(w io.Writer, t Theme, title string, effects []Effect) error {
	lo, hi := 0.95, 1.05
	for _, e := range effects {
		for _, v := range []float64{e.Ratio.Center, e.Ratio.Low, e.Ratio.High} {
			if isFinite(v) && v > 0 {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	span := math.Pow(hi/lo, 0.06)
	lo, hi = lo/span, hi*span
	var rows []row
	for i := range effects {
		e := &effects[i]
		if e.Group != "" && (i == 0 || e.Group != effects[i-1].Group) {
			rows = append(rows, row{heading: e.Group})
		}
		rows = append(rows, row{effect: e})
	}
	f := newFigure(t, title)
	f.height = 70 + 17*vg.Length(len(rows))
	f.X.Scale = plot.LogScale{}
	f.X.Min, f.X.Max = lo, hi
	f.X.Tick.Marker = plot.ConstantTicks(ratioTicks(lo, hi))
	f.X.Label.Text = "ratio (log scale); 1 = no difference"
	f.Y.Min, f.Y.Max = -0.7, float64(len(rows))-0.3
	var ticks []plot.Tick
	for i, r := range rows {
		if r.effect != nil {
			ticks = append(ticks, plot.Tick{Value: float64(len(rows) - 1 - i), Label: r.effect.Label})
		}
	}
	f.Y.Tick.Marker = plot.ConstantTicks(ticks)
	f.Y.Tick.Length, f.Y.LineStyle.Width = 0, 0
	grid := f.gridlines()
	grid.Horizontal.Width = 0
	f.Add(grid, effectMarks{t, rows})
	return f.write(w)
}

// ratioTicks are round factors. A short axis has steps of some per cent instead.
func ratioTicks(lo, hi float64) []plot.Tick {
	if hi/lo > 2.2 {
		return logTicks(lo, hi)
	}
	return niceTicks(lo, hi, 4)
}

// effectMarks draws the line at 1, the ratios and the names of their groups.
type effectMarks struct {
	theme Theme
	rows  []row
}

// Plot implements gonum's Plotter.
func (m effectMarks) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	c.StrokeLine2(draw.LineStyle{Color: m.theme.Ink, Width: 1}, x(1), c.Min.Y, x(1), c.Max.Y)
	heading := draw.TextStyle{Color: m.theme.Ink, Font: typeface(textSize), XAlign: draw.XLeft, YAlign: draw.YCenter, Handler: p.TextHandler}
	for i, r := range m.rows {
		at := y(float64(len(m.rows) - 1 - i))
		if r.effect == nil {
			// Names are longer than the labels: they begin where those do, and no line crosses them.
			c.SetColor(m.theme.Background)
			c.Fill(vg.Rectangle{Min: vg.Point{X: margin, Y: at - 8}, Max: vg.Point{X: c.Max.X, Y: at + 8}}.Path())
			c.FillText(heading, vg.Point{X: margin, Y: at}, r.heading)
			continue
		}
		m.mark(c, x, at, r.effect)
	}
}

// mark draws one ratio with its interval.
func (m effectMarks) mark(c draw.Canvas, x func(float64) vg.Length, at vg.Length, e *Effect) {
	if !isFinite(e.Ratio.Center) || e.Ratio.Center <= 0 {
		return
	}
	colour := m.theme.colour(e.Slot)
	if isFinite(e.Ratio.Low) && isFinite(e.Ratio.High) {
		bar := draw.LineStyle{Color: colour, Width: 2}
		c.StrokeLine2(bar, x(e.Ratio.Low), at, x(e.Ratio.High), at)
		for _, end := range []float64{e.Ratio.Low, e.Ratio.High} {
			c.StrokeLine2(bar, x(end), at-4, x(end), at+4)
		}
	}
	c.DrawGlyphNoClip(draw.GlyphStyle{Color: colour, Radius: 3.5, Shape: draw.CircleGlyph{}}, vg.Point{X: x(e.Ratio.Center), Y: at})
}
