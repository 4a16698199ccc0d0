package plot

import (
	"io"
	"math"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Mark is one line of a strip.
type Mark struct {
	Name  string   // stands left of the line
	Text  string   // the value, as the tables of the page print it
	Slot  int      // of the colour, as everywhere on the page
	Value Interval // a center that is not finite has no dot
}

// Measures of a strip, which stands in a cell of a table.
const (
	stripWidth = vg.Length(300)
	stripRow   = vg.Length(17)
	// logRange is the ratio of the largest to the least value from which a strip has a
	// logarithmic axis. On a linear one the small values would lie on each other.
	logRange = 20
)

// Strip draws one figure of several variants below each other: the name at the left, the
// value at the right, and between them a dot with its interval. There is no axis, because
// the values are written out. Distances are from 0 or, where the title says so,
// logarithmic.
func Strip(w io.Writer, t Theme, title string, marks []Mark) error {
	lo, hi := math.Inf(1), 0.0
	for _, m := range marks {
		for _, v := range []float64{m.Value.Low, m.Value.Center, m.Value.High} {
			if isFinite(v) && v > 0 {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	place := func(v float64) float64 { return v / hi }
	if hi/lo >= logRange {
		title += " (log scale)"
		place = func(v float64) float64 { return math.Log(v/lo) / math.Log(hi/lo) }
	}
	height := 2*margin + 2*textSize + stripRow*vg.Length(len(marks))
	canvas := vgsvg.New(stripWidth, height)
	c := draw.New(canvas)
	c.SetColor(t.Background)
	c.Fill(c.Rectangle.Path())
	text := draw.TextStyle{Color: t.Ink, Font: typeface(textSize), XAlign: draw.XLeft, YAlign: draw.YCenter, Handler: newFigure(t, "").TextHandler}
	area := draw.Crop(c, margin, -margin, margin, -margin)
	area.FillText(text, vg.Point{X: area.Min.X, Y: area.Max.Y - textSize/2}, title)

	var left, right vg.Length
	for _, m := range marks {
		left, right = max(left, text.Width(m.Name)), max(right, text.Width(m.Text))
	}
	from, to := area.Min.X+left+14, area.Max.X-right-12
	for i, m := range marks {
		y := area.Max.Y - 2*textSize - stripRow*(vg.Length(i)+0.5)
		text.Color, text.XAlign = t.colour(m.Slot), draw.XLeft
		area.FillText(text, vg.Point{X: area.Min.X, Y: y - 1}, m.Name)
		text.Color, text.XAlign = t.Ink, draw.XRight
		area.FillText(text, vg.Point{X: area.Max.X, Y: y - 1}, m.Text)
		area.StrokeLine2(draw.LineStyle{Color: t.Grid, Width: 0.8}, from, y, to, y)
		x := func(v float64) vg.Length {
			return from + (to-from)*vg.Length(min(1, max(0, place(v))))
		}
		if isFinite(m.Value.Low) && isFinite(m.Value.High) {
			area.StrokeLine2(draw.LineStyle{Color: t.colour(m.Slot), Width: 2}, x(m.Value.Low), y, x(m.Value.High), y)
		}
		if isFinite(m.Value.Center) {
			area.DrawGlyph(draw.GlyphStyle{Color: t.colour(m.Slot), Radius: 3.5, Shape: draw.CircleGlyph{}}, vg.Point{X: x(m.Value.Center), Y: y})
		}
	}
	return finish(w, canvas)
}
