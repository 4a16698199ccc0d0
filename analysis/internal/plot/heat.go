package plot

import (
	"fmt"
	"io"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// Heat is how many requests fell into boxes of time and latency. Counts[i][j]
// belongs to the i-th step of time and to latencies from Edges[j] to Edges[j+1].
type Heat struct {
	// Start is the beginning of the first step and Step the length of each, in seconds
	// since the attack began.
	Start, Step float64
	Edges       []float64 // rising, above 0
	Counts      [][]float64
	Shade       float64 // end of the warm-up
}

// heatLevels are the lower ends of the levels of a heat map, as shares of the requests
// of the same step of time.
var heatLevels = []float64{0, 0.01, 0.05, 0.15, 0.35}

// HeatMap draws where requests fall over time, on a logarithmic latency axis.
// Each column is relative to its own number of requests, so that a rare slow
// answer shows as much in a busy second as in a quiet one.
func HeatMap(w io.Writer, t Theme, title string, h Heat) error {
	if len(h.Edges) < 2 || !(h.Edges[0] > 0) {
		return fmt.Errorf("heat map %q: edges %v: a logarithmic axis needs two or more, above 0", title, h.Edges)
	}
	f := newFigure(t, title+" (log scale)")
	end := h.Start + h.Step*float64(len(h.Counts))
	f.X.Label.Text = "seconds since the attack began; lighter: more of that second's requests"
	if t.Name == "light" {
		f.X.Label.Text = "seconds since the attack began; darker: more of that second's requests"
	}
	f.X.Min, f.X.Max = h.Start, end
	f.X.Tick.Marker = plot.ConstantTicks(niceTicks(h.Start, end, 6))
	f.Y.Scale = plot.LogScale{}
	f.Y.Min, f.Y.Max = h.Edges[0], h.Edges[len(h.Edges)-1]
	f.Y.Tick.Marker = plot.ConstantTicks(logTicks(f.Y.Min, f.Y.Max))
	f.Add(heatBoxes{t, h})
	return f.write(w)
}

// overlap is by how much a row of boxes covers the next one, so that the page does not
// show through between them.
const overlap = vg.Length(0.3)

// heatBoxes draws runs of boxes of one level as one box, which keeps the file
// small.
type heatBoxes struct {
	theme Theme
	heat  Heat
}

// Plot implements gonum's Plotter.
func (b heatBoxes) Plot(c draw.Canvas, p *plot.Plot) {
	x, y := p.Transforms(&c)
	h := b.heat
	for j := range len(h.Edges) - 1 {
		for i := 0; i < len(h.Counts); {
			l := h.level(i, j)
			last := i
			for last < len(h.Counts) && h.level(last, j) == l {
				last++
			}
			if l >= 0 {
				fillBox(c, b.theme.heat(l), x(h.Start+h.Step*float64(i)), y(h.Edges[j]), x(h.Start+h.Step*float64(last)), y(h.Edges[j+1])+overlap)
			}
			i = last
		}
	}
	if h.Shade > h.Start {
		at := x(h.Shade)
		c.StrokeLine2(draw.LineStyle{Color: b.theme.Ink, Width: 1, Dashes: []vg.Length{3, 3}}, at, c.Min.Y, at, c.Max.Y)
	}
}

// level is the index in heatLevels of a box's share of the requests, −1 for an empty
// box.
func (h Heat) level(i, j int) int {
	sum := 0.0
	for _, n := range h.Counts[i] {
		sum += n
	}
	n := h.Counts[i][j]
	if n == 0 || math.IsNaN(n) {
		return -1
	}
	level := 0
	for k, share := range heatLevels {
		if n/sum >= share {
			level = k
		}
	}
	return level
}
