package plot

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Measures of a figure.
const (
	width    = vg.Length(400)
	height   = vg.Length(270)
	textSize = vg.Length(11)
	margin   = vg.Length(8)
)

// figure is a plot with a title line at the top left and names at the right.
type figure struct {
	*plot.Plot
	theme  Theme
	title  string
	names  []name
	height vg.Length
}

// name is a label at the right edge, at the height of a value.
type name struct {
	text string
	y    float64
	slot int
}

// newFigure makes a plot in the colours of a theme, without data.
func newFigure(t Theme, title string) *figure {
	p := plot.New()
	p.BackgroundColor = nil
	p.Title.Text = ""
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Color = t.Ink
		a.LineStyle.Color = t.Grid
		a.LineStyle.Width = 0.8
		a.Tick.LineStyle.Color = t.Grid
		a.Tick.LineStyle.Width = 0.8
		a.Tick.Length = 4
		a.Tick.Label.Color = t.Ink
		a.Tick.Label.Font = typeface(textSize)
		a.Label.TextStyle.Color = t.Ink
		a.Label.TextStyle.Font = typeface(textSize)
		a.Padding = 2
	}
	return &figure{Plot: p, theme: t, title: title, height: height}
}

// typeface is the font by whose widths texts are placed.
func typeface(size vg.Length) font.Font {
	return font.From(font.Font{Typeface: "Liberation", Variant: "Sans"}, size)
}

// write draws the figure as SVG.
func (f *figure) write(w io.Writer) error {
	canvas := vgsvg.New(width, f.height)
	c := draw.New(canvas)
	c.SetColor(f.theme.Background)
	c.Fill(c.Rectangle.Path())
	area := draw.Crop(c, margin, -margin, margin, -margin)

	heading := draw.TextStyle{Color: f.theme.Ink, Font: typeface(textSize), XAlign: draw.XLeft, YAlign: draw.YTop, Handler: f.TextHandler}
	area.FillText(heading, vg.Point{X: area.Min.X, Y: area.Max.Y}, f.title)
	area.Max.Y -= 2 * textSize

	label := draw.TextStyle{Color: f.theme.Ink, Font: typeface(textSize), XAlign: draw.XLeft, YAlign: draw.YCenter, Handler: f.TextHandler}
	widest := vg.Length(0)
	for _, n := range f.names {
		widest = max(widest, label.Width(n.text)+6)
	}
	area.Max.X -= widest
	f.Draw(area)
	data := f.DataCanvas(area)
	for _, n := range f.spread(data) {
		label.Color = f.theme.colour(n.slot)
		c.FillText(label, vg.Point{X: data.Max.X + 6, Y: vg.Length(n.y)}, n.text)
	}
	return finish(w, canvas)
}

// spread turns the values of names into heights on the canvas, pushed apart so
// that no two names overlap.
func (f *figure) spread(data draw.Canvas) []name {
	placed := slices.Clone(f.names)
	for i, n := range placed {
		placed[i].y = float64(data.Y(min(1, max(0, f.Y.Norm(n.y)))))
	}
	slices.SortStableFunc(placed, func(a, b name) int { return cmp.Compare(a.y, b.y) })
	gap := 1.15 * float64(textSize)
	for range len(placed) * 20 {
		moved := false
		for i := 1; i < len(placed); i++ {
			if short := gap - (placed[i].y - placed[i-1].y); short > 0.01 {
				placed[i-1].y -= short / 2
				placed[i].y += short / 2
				moved = true
			}
		}
		if !moved {
			break
		}
	}
	return placed
}

// number prints an axis value with thousands separated.
func number(v float64) string {
	s := strconv.FormatFloat(math.Round(v*1e9)/1e9, 'f', -1, 64)
	whole, frac := s, ""
	if i := slices.Index([]byte(s), '.'); i >= 0 {
		whole, frac = s[:i], s[i:]
	}
	sign := ""
	if whole != "" && whole[0] == '-' {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	return sign + whole + frac
}
