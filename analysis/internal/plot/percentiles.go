package plot

import (
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// Curve is one variant's latency by percentile. Points beyond the time-out are
// +Inf and end the line. Low and High may be empty.
type Curve struct {
	// Name stands at the right end of the curve, and Slot is its colour.
	Name      string
	Slot      int
	Shares    []float64 // rising, in [0, 1)
	Values    []float64 // latency at each share
	Low, High []float64
}

// Percentiles draws latency over the share of requests, with intervals as bands. On the
// axis of shares 90 %, 99 % and 99.9 % have the same distance from each other. The
// value axis is in unit. If the values span more than a factor of 50 it is logarithmic,
// and its label says so.
func Percentiles(w io.Writer, t Theme, what, unit string, curves []Curve) error {
	lo, hi, far := math.Inf(1), 0.0, 1.0
	for _, c := range curves {
		for i, v := range c.Values {
			if !math.IsInf(v, 0) && !math.IsNaN(v) {
				lo, hi, far = min(lo, v), max(hi, v), max(far, nines(c.Shares[i]))
				if i < len(c.High) && c.High[i] < 2*v {
					hi = max(hi, c.High[i])
				}
			}
		}
	}
	log := hi > 50*lo && lo > 0
	title := what + ", " + unit
	if log {
		title += " (log scale)"
	}
	f := newFigure(t, title)
	f.X.Label.Text = "share of requests that took no longer"
	f.X.Min, f.X.Max = 0, far
	f.X.Tick.Marker = plot.ConstantTicks(nineTicks(far))
	if log {
		f.Y.Scale = plot.LogScale{}
		f.Y.Min, f.Y.Max = lo*0.9, hi*1.1
		f.Y.Tick.Marker = plot.ConstantTicks(logTicks(f.Y.Min, f.Y.Max))
	} else {
		f.Y.Min, f.Y.Max = 0, hi*1.05
		f.Y.Tick.Marker = plot.ConstantTicks(niceTicks(0, hi*1.05, 5))
	}
	f.Add(f.gridlines())
	for _, c := range curves {
		if err := f.addCurve(c); err != nil {
			return err
		}
	}
	return f.write(w)
}

// addCurve draws one variant: its interval as a band, and the line above it. Points
// beyond the time-out end both.
func (f *figure) addCurve(c Curve) error {
	var line, low, high plotter.XYs
	for i, v := range c.Values {
		if math.IsInf(v, 0) || math.IsNaN(v) {
			break
		}
		x := nines(c.Shares[i])
		line = append(line, plotter.XY{X: x, Y: v})
		if i < len(c.Low) && !math.IsNaN(c.Low[i]) && !math.IsInf(c.High[i], 0) && !math.IsNaN(c.High[i]) {
			low = append(low, plotter.XY{X: x, Y: max(c.Low[i], f.Y.Min)})
			high = append(high, plotter.XY{X: x, Y: min(c.High[i], f.Y.Max)})
		}
	}
	if len(line) == 0 {
		return nil
	}
	if err := f.addBand(low, high, c.Slot); err != nil {
		return err
	}
	l, err := plotter.NewLine(line)
	if err != nil {
		return err
	}
	l.Color, l.Width = f.theme.colour(c.Slot), 1.8
	f.Add(l)
	f.names = append(f.names, name{c.Name, line[len(line)-1].Y, c.Slot})
	return nil
}

// addBand fills the area between two lines.
func (f *figure) addBand(low, high plotter.XYs, slot int) error {
	if len(low) < 2 {
		return nil
	}
	ring := append(plotter.XYs{}, low...)
	for i := len(high) - 1; i >= 0; i-- {
		ring = append(ring, high[i])
	}
	p, err := plotter.NewPolygon(ring)
	if err != nil {
		return err
	}
	p.Color = f.theme.veil(slot)
	p.LineStyle.Width = 0
	f.Add(p)
	return nil
}

// gridlines are those of both axes, in the colour of the theme.
func (f *figure) gridlines() *plotter.Grid {
	g := plotter.NewGrid()
	for _, s := range []*vg.Length{&g.Vertical.Width, &g.Horizontal.Width} {
		*s = 0.5
	}
	g.Vertical.Color, g.Horizontal.Color = f.theme.Grid, f.theme.Grid
	return g
}

// nines is −log10(1−p): 90 % is 1, 99 % is 2.
func nines(share float64) float64 { return -math.Log10(1 - share) }

// nineTicks are the ticks of the axis of shares: 0, 50, 90, 99, 99.9 % and so on, as
// far as the data reach.
func nineTicks(far float64) []plot.Tick {
	ticks := []plot.Tick{{Value: 0, Label: "0 %"}, {Value: nines(0.5), Label: "50"}}
	for i, label := range []string{"90", "99", "99.9", "99.99", "99.999"} {
		if float64(i+1) <= far+1e-9 {
			ticks = append(ticks, plot.Tick{Value: float64(i + 1), Label: label})
		}
	}
	return ticks
}
