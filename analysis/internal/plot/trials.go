package plot

import (
	"cmp"
	"io"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
)

// Sample is one variant's values, one a trial.
type Sample struct {
	// Name stands in the legend, and Slot is the colour of the points.
	Name   string
	Slot   int
	X      []float64 // position in the run; unused by ECDF
	Values []float64 // as many as X, if X is used
}

// RunOrder draws the value of every trial at its place in the run, to show drift and
// outliers. The value axis need not start at 0, because the plot is about differences.
func RunOrder(w io.Writer, t Theme, title string, samples []Sample) error {
	f := newFigure(t, title)
	f.X.Label.Text = "trial, in the order of the run"
	lo, hi := valueRange(samples)
	last := 1.0
	for _, s := range samples {
		for _, x := range s.X {
			last = max(last, x)
		}
	}
	f.X.Min, f.X.Max = 0, last
	f.X.Tick.Marker = plot.ConstantTicks(niceTicks(0, last, 6))
	f.Y.Min, f.Y.Max = lo, hi
	f.Y.Tick.Marker = plot.ConstantTicks(niceTicks(lo, hi, 5))
	f.Add(f.gridlines())
	for _, s := range samples {
		marks := pointMarks{theme: t, slot: s.Slot}
		sum, n := 0.0, 0
		for i, v := range s.Values {
			if isFinite(v) {
				marks.points = append(marks.points, Point{X: s.X[i], Y: Interval{v, math.NaN(), math.NaN()}})
				sum, n = sum+v, n+1
			}
		}
		if n == 0 {
			continue
		}
		f.Add(marks)
		f.names = append(f.names, name{s.Name, sum / float64(n), s.Slot})
	}
	return f.write(w)
}

// ECDF draws the share of trials that do not exceed a value, as steps.
func ECDF(w io.Writer, t Theme, title, unit string, samples []Sample) error {
	f := newFigure(t, title)
	f.X.Label.Text = unit
	lo, hi := valueRange(samples)
	f.X.Min, f.X.Max = lo, hi
	f.X.Tick.Marker = plot.ConstantTicks(niceTicks(lo, hi, 5))
	f.Y.Min, f.Y.Max = 0, 1.02
	f.Y.Tick.Marker = plot.ConstantTicks([]plot.Tick{{Value: 0, Label: "0"}, {Value: 0.25, Label: "25 %"}, {Value: 0.5, Label: "50 %"}, {Value: 0.75, Label: "75 %"}, {Value: 1, Label: "100 %"}})
	f.Add(f.gridlines())
	var steps []stepLabel
	for _, s := range samples {
		v := slices.DeleteFunc(slices.Sorted(slices.Values(s.Values)), func(x float64) bool { return !isFinite(x) })
		if len(v) == 0 {
			continue
		}
		line := plotter.XYs{{X: v[0], Y: 0}}
		for i, x := range v {
			line = append(line, plotter.XY{X: x, Y: float64(i) / float64(len(s.Values))}, plotter.XY{X: x, Y: float64(i+1) / float64(len(s.Values))})
		}
		line = append(line, plotter.XY{X: hi, Y: line[len(line)-1].Y})
		l, err := plotter.NewLine(line)
		if err != nil {
			return err
		}
		l.Color, l.Width = t.colour(s.Slot), 1.6
		f.Add(l)
		steps = append(steps, stepLabel{name{s.Name, 0, s.Slot}, v[len(v)/2]})
	}
	// Curves end together at the top, so names stand in the order of the curves
	// from right to left.
	slices.SortStableFunc(steps, func(a, b stepLabel) int { return cmp.Compare(b.at, a.at) })
	for i, s := range steps {
		s.name.y = 0.15 + 0.7*float64(i)/max(1, float64(len(steps)-1))
		f.names = append(f.names, s.name)
	}
	return f.write(w)
}

type stepLabel struct {
	name
	at float64
}

// valueRange is the range of finite values with some room.
func valueRange(samples []Sample) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, s := range samples {
		for _, v := range s.Values {
			if isFinite(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	if lo > hi {
		return 0, 1
	}
	room := max((hi-lo)*0.08, math.Abs(hi)*0.01, 1e-9)
	if lo-room < 0 && lo >= 0 {
		return 0, hi + room
	}
	return lo - room, hi + room
}
