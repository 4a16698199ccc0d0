package plot

import (
	"image/color"
	"io"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Bar is what a request's time is made of, for one variant at one quantile.
type Bar struct {
	// Name stands at the left of the bar: the variant and the quantile.
	Name     string
	Segments []float64 // by part, in the order of the request
	Whole    float64   // the quantile of the whole
}

// Ledger draws stacked bars of the quantiles of the parts, with a mark at the quantile
// of the whole. Bar and mark differ in length, because the request that is slowest in
// one part is not the one that is slowest in another.
func Ledger(w io.Writer, t Theme, title string, parts []string, bars []Bar) error {
	f := newFigure(t, title)
	top := 0.0
	for _, b := range bars {
		sum := 0.0
		for _, s := range b.Segments {
			if isFinite(s) {
				sum += s
			}
		}
		top = max(top, sum)
		if isFinite(b.Whole) {
			top = max(top, b.Whole)
		}
	}
	f.height = 100 + 20*vg.Length(len(bars))
	f.X.Min, f.X.Max = 0, max(top*1.04, 1e-9)
	f.X.Tick.Marker = plot.ConstantTicks(niceTicks(0, f.X.Max, 5))
	f.Y.Min, f.Y.Max = -0.7, float64(len(bars))+0.6
	var ticks []plot.Tick
	for i, b := range bars {
		ticks = append(ticks, plot.Tick{Value: float64(len(bars) - 1 - i), Label: b.Name})
	}
	f.Y.Tick.Marker = plot.ConstantTicks(ticks)
	f.Y.Tick.Length, f.Y.LineStyle.Width = 0, 0
	grid := f.gridlines()
	grid.Horizontal.Width = 0
	f.Add(grid, ledgerBars{t, parts, bars})
	return f.write(w)
}

// ledgerBars draws the bars and their key.
type ledgerBars struct {
	theme Theme
	parts []string
	bars  []Bar
}

// Plot implements gonum's Plotter.
func (l ledgerBars) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	for i, b := range l.bars {
		at, from := y(float64(len(l.bars)-1-i)), 0.0
		for part, s := range b.Segments {
			if !isFinite(s) || s <= 0 {
				continue
			}
			fillBox(c, l.theme.part(part, len(l.parts)), x(from), at-6, x(from+s), at+6)
			from += s
		}
		if isFinite(b.Whole) {
			c.StrokeLine2(draw.LineStyle{Color: l.theme.Ink, Width: 2}, x(b.Whole), at-8, x(b.Whole), at+8)
		}
	}
	style := draw.TextStyle{Color: l.theme.Ink, Font: typeface(textSize - 1), XAlign: draw.XLeft, YAlign: draw.YCenter, Handler: p.TextHandler}
	left, row := c.Min.X, c.Max.Y-4
	for part, text := range l.parts {
		fillBox(c, l.theme.part(part, len(l.parts)), left, row-4, left+8, row+4)
		c.FillText(style, vg.Point{X: left + 11, Y: row}, text)
		left += 18 + style.Width(text)
	}
}

// fillBox fills a rectangle.
func fillBox(c draw.Canvas, colour color.Color, x0, y0, x1, y1 vg.Length) {
	c.FillPolygon(colour, []vg.Point{{X: x0, Y: y0}, {X: x1, Y: y0}, {X: x1, Y: y1}, {X: x0, Y: y1}})
}
