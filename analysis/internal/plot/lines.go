package plot

import (
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Line is one variant's values over an axis. Upper is a second, dashed line; Low and
// High are a band around Y. All three may be empty. Values that are not finite leave
// gaps.
type Line struct {
	// Name stands at the right end of the line, and Slot is its colour.
	Name string
	Slot int
	// X are the places on the axis, in rising order. Every other slice has a value for
	// each of them, or is empty.
	X         []float64
	Y         []float64
	Upper     []float64
	Low, High []float64
}

// Axes say what a plot of lines shows. Shade marks the x axis up to a value, such as the
// end of the warm-up; 0 marks nothing. Event marks the x axis between two values, such
// as a spike; equal values mark nothing.
type Axes struct {
	// Title stands above the figure and X is the label of its axis.
	Title, X  string
	Shade     float64
	Note      string // what the shade means
	Event     [2]float64
	EventNote string // what the event means
}

// Lines draws values over time. The value axis starts at 0.
func Lines(w io.Writer, t Theme, a Axes, lines []Line) error {
	f := newFigure(t, a.Title)
	f.X.Label.Text = a.X
	lo, hi, top := reach(lines)
	f.X.Min, f.X.Max = min(lo, 0), hi
	f.X.Tick.Marker = plot.ConstantTicks(niceTicks(f.X.Min, hi, 6))
	f.Y.Min, f.Y.Max = 0, max(top*1.05, 1e-9)
	f.Y.Tick.Marker = plot.ConstantTicks(niceTicks(0, f.Y.Max, 5))
	if a.Shade > 0 {
		f.Add(shade{t, math.Inf(-1), a.Shade, a.Note})
	}
	if a.Event[1] > a.Event[0] {
		f.Add(shade{t, a.Event[0], a.Event[1], a.EventNote})
	}
	f.Add(f.gridlines())
	for _, l := range lines {
		if err := f.addBands(l); err != nil {
			return err
		}
	}
	for _, l := range lines {
		if err := f.addSegments(l, l.Y, nil); err != nil {
			return err
		}
		if err := f.addSegments(l, l.Upper, []vg.Length{4, 3}); err != nil {
			return err
		}
		for i := len(l.Y) - 1; i >= 0; i-- {
			if isFinite(l.Y[i]) {
				f.names = append(f.names, name{l.Name, l.Y[i], l.Slot})
				break
			}
		}
	}
	return f.write(w)
}

// reach returns the ends of the x axis, and the highest value that is drawn. Without two
// places on the axis it is one unit long, because an axis must have a length.
func reach(lines []Line) (lo, hi, top float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, l := range lines {
		for i, x := range l.X {
			lo, hi = min(lo, x), max(hi, x)
			for _, ys := range [][]float64{l.Y, l.Upper, l.High} {
				if i < len(ys) && isFinite(ys[i]) {
					top = max(top, ys[i])
				}
			}
		}
	}
	if math.IsInf(lo, 0) || hi <= lo {
		lo, hi = 0, max(hi, 1)
	}
	return lo, hi, top
}

// addSegments draws the runs of finite values of a line.
func (f *figure) addSegments(l Line, ys []float64, dashes []vg.Length) error {
	var run plotter.XYs
	flush := func() error {
		if len(run) == 0 {
			return nil
		}
		line, err := plotter.NewLine(run)
		if err != nil {
			return err
		}
		line.Color, line.Width, line.Dashes = f.theme.colour(l.Slot), 1.5, dashes
		f.Add(line)
		run = nil
		return nil
	}
	for i, y := range ys {
		if !isFinite(y) {
			if err := flush(); err != nil {
				return err
			}
			continue
		}
		run = append(run, plotter.XY{X: l.X[i], Y: y})
	}
	return flush()
}

// addBands fills the runs in which both bounds of a line are finite.
func (f *figure) addBands(l Line) error {
	var low, high plotter.XYs
	for i := range min(len(l.Low), len(l.High)) {
		if isFinite(l.Low[i]) && isFinite(l.High[i]) {
			low = append(low, plotter.XY{X: l.X[i], Y: l.Low[i]})
			high = append(high, plotter.XY{X: l.X[i], Y: l.High[i]})
			continue
		}
		if err := f.addBand(low, high, l.Slot); err != nil {
			return err
		}
		low, high = nil, nil
	}
	return f.addBand(low, high, l.Slot)
}

// isFinite reports whether a value has a place on an axis.
func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }

// shade fills the plot between two values of the x axis. −∞ is the left edge.
type shade struct {
	theme      Theme
	from, upto float64
	note       string
}

// Plot implements gonum's Plotter.
func (s shade) Plot(c draw.Canvas, p *plot.Plot) {
	x, _ := p.Transforms(&c)
	left, right := c.Min.X, min(x(s.upto), c.Max.X)
	if !math.IsInf(s.from, -1) {
		left = x(s.from)
	}
	c.FillPolygon(s.theme.Grid, []vg.Point{{X: left, Y: c.Min.Y}, {X: right, Y: c.Min.Y}, {X: right, Y: c.Max.Y}, {X: left, Y: c.Max.Y}})
	style := draw.TextStyle{Color: s.theme.Ink, Font: typeface(textSize - 1), XAlign: draw.XLeft, YAlign: draw.YBottom, Handler: p.TextHandler}
	c.FillText(style, vg.Point{X: left + 3, Y: c.Min.Y + 3}, s.note)
}
