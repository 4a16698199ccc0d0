package plot

import (
	"cmp"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Above these ratios of highest to lowest value, an axis of a sweep is
// logarithmic; logTicks then always finds several ticks.
const (
	logSettings = 4
	logValues   = 10
)

// Sweep is what a plot of a swept setting shows besides its lines.
type Sweep struct {
	// Title stands above the figure and Setting is the label of its axis.
	Title, Setting string
	Limit          float64 // of the value, drawn as a dashed line; 0: none
	Equal          bool    // draws the line on which value and setting are equal
}

// SweepOf draws estimates over a setting that a search has chosen. Unlike in [Against],
// the settings stand at their values on the axis. Hollow points are rings.
func SweepOf(w io.Writer, t Theme, s Sweep, responses []Response) error {
	f := newFigure(t, s.Title)
	f.X.Label.Text = s.Setting
	xs, ys := shown(responses)
	if s.Limit > 0 && len(ys) > 0 {
		ys = append(ys, s.Limit)
	}
	ratio := float64(logValues)
	if s.Equal {
		// Of one kind and one reach, so that the line of equality is straight.
		xs = append(xs, ys...)
		ys, ratio = xs, logSettings
	}
	if fit(&f.X, xs, logSettings) {
		f.X.Label.Text += " (log scale)"
	}
	if fit(&f.Y, ys, ratio) {
		f.title += " (log scale)"
	}
	f.Add(f.gridlines())
	if s.Limit > 0 {
		if err := f.guide(plotter.XYs{{X: f.X.Min, Y: s.Limit}, {X: f.X.Max, Y: s.Limit}}); err != nil {
			return err
		}
	}
	if lo, hi := max(f.X.Min, f.Y.Min), min(f.X.Max, f.Y.Max); s.Equal && lo < hi {
		if err := f.guide(diagonal(lo, hi)); err != nil {
			return err
		}
	}
	for _, r := range responses {
		if err := f.response(r); err != nil {
			return err
		}
	}
	return f.write(w)
}

// shown returns what the axes have to reach: the settings, and the estimates with the
// ends of their intervals. A point without an estimate is not drawn.
func shown(responses []Response) (xs, ys []float64) {
	for _, r := range responses {
		for _, p := range r.Points {
			if !isFinite(p.Y.Center) {
				continue
			}
			xs = append(xs, p.X)
			for _, y := range []float64{p.Y.Low, p.Y.Center, p.Y.High} {
				if isFinite(y) {
					ys = append(ys, y)
				}
			}
		}
	}
	return xs, ys
}

// response draws the line of one variant, and its points with their intervals.
func (f *figure) response(r Response) error {
	points := slices.DeleteFunc(slices.Clone(r.Points), func(p Point) bool { return !isFinite(p.Y.Center) })
	if len(points) == 0 {
		return nil
	}
	slices.SortStableFunc(points, func(a, b Point) int { return cmp.Compare(a.X, b.X) })
	var line plotter.XYs
	for _, p := range points {
		line = append(line, plotter.XY{X: p.X, Y: p.Y.Center})
	}
	l, err := plotter.NewLine(line)
	if err != nil {
		return err
	}
	l.Color, l.Width = f.theme.colour(r.Slot), 1.2
	f.Add(l, pointMarks{f.theme, r.Slot, points})
	f.names = append(f.names, name{r.Name, line[len(line)-1].Y, r.Slot})
	return nil
}

// fit sets the range of an axis. The axis is logarithmic if the highest value is more
// than ratio times the lowest, else it begins at 0. It reports whether the axis is
// logarithmic.
func fit(a *plot.Axis, values []float64, ratio float64) (log bool) {
	if len(values) == 0 {
		values = []float64{1}
	}
	lo, hi := slices.Min(values), slices.Max(values)
	if lo > 0 && hi/lo > ratio {
		a.Min, a.Max = lo/1.15, hi*1.15
		a.Scale = plot.LogScale{}
		a.Tick.Marker = plot.ConstantTicks(logTicks(a.Min, a.Max))
		return true
	}
	a.Min, a.Max = 0, max(hi*1.05, 1e-9)
	a.Tick.Marker = plot.ConstantTicks(niceTicks(0, a.Max, 5))
	return false
}

// guide draws a dashed line in the colour of text, behind the data.
func (f *figure) guide(at plotter.XYs) error {
	l, err := plotter.NewLine(at)
	if err != nil {
		return err
	}
	l.Color, l.Width, l.Dashes = f.theme.Ink, 0.8, []vg.Length{2, 3}
	f.Add(l)
	return nil
}

// diagonal is the line X = Y. It has many points, because it is curved if one axis is
// logarithmic and the other is not.
func diagonal(lo, hi float64) plotter.XYs {
	const steps = 48
	var at plotter.XYs
	for i := range steps + 1 {
		v := lo + (hi-lo)*float64(i)/steps
		if lo > 0 {
			v = lo * math.Pow(hi/lo, float64(i)/steps)
		}
		at = append(at, plotter.XY{X: v, Y: v})
	}
	return at
}
