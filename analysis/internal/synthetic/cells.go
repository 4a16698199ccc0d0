package synthetic

import (
	"fmt"
	"math"

	"github.com/assay-bench/assay/internal/looks"
)

// Section is a table of the page.
type Section string

// The sections, in the order of the page.
const (
	Level    Section = "level"    // false regressions
	Power    Section = "power"    // what is found, and after how many blocks
	Mixtures Section = "mixtures" // builds of which some starts are bad
	Shapes   Section = "shapes"   // noise of other shapes, and lost blocks
)

// Cell is one kind of check, of which many are made.
type Cell struct {
	Section Section // the table that shows it
	World   World   // what its checks are drawn from
	Once    int     // the only look; 0: those that are declared
	Checks  int     // that the full form makes
}

// Name names a cell. It seeds the cell's checks, and so cells do not share their draws.
func (c Cell) Name() string {
	w := c.World
	name := fmt.Sprintf("%s: %d rows, %s, CV %g %%, correlation %g, copies %s", c.Section, w.Rows, w.Noise, round(100*w.CV), w.Shared, w.Copies)
	if w.Effect != 0 {
		name += fmt.Sprintf(", %+g %%", round(100*w.Effect))
	}
	if w.All {
		name += " in all rows"
	}
	if w.Bad > 0 {
		name += fmt.Sprintf(", %g %% of starts × %g", round(100*w.Bad), w.Slow)
	}
	if w.Lost > 0 {
		name += fmt.Sprintf(", %d blocks lost", w.Lost)
	}
	if c.Once > 0 {
		name += fmt.Sprintf(", looked at once after %d", c.Once)
	}
	return name
}

// round takes the noise of binary fractions off a percentage.
func round(v float64) float64 { return math.Round(1e6*v) / 1e6 }

// blocks is how many blocks the checks of a cell have.
func (c Cell) blocks() int {
	if c.Once > 0 {
		return c.Once
	}
	return looks.Last()
}

// wide is from how many rows on a cell makes fewer checks, which take longer.
const wide = 100

// Cells are all kinds of checks.
func Cells() []Cell {
	var all []Cell
	add := func(s Section, w World, once, checks int) {
		if w.Rows >= wide {
			checks /= 4
		}
		all = append(all, Cell{s, w, once, checks})
	}
	for _, n := range levelNoises {
		for _, rows := range levelRows {
			for _, shared := range levelShared {
				add(Level, World{Rows: rows, Noise: n.noise, CV: n.cv, Shared: shared, Copies: EveryCopy}, 0, 2000)
			}
		}
		for _, copies := range []Copies{SomeCopy, NoCopy} {
			add(Level, World{Rows: nine, Noise: n.noise, CV: n.cv, Shared: usualShared, Copies: copies}, 0, 2000)
		}
	}
	for _, p := range powers {
		for _, copies := range []Copies{EveryCopy, NoCopy} {
			add(Power, World{Rows: nine, Noise: Normal, CV: p.cv, Shared: usualShared, Copies: copies, Effect: p.effect}, 0, 2000)
		}
	}
	for _, cv := range []float64{0.03, 0.05} {
		add(Power, World{Rows: nine, Noise: Normal, CV: cv, Shared: usualShared, Copies: EveryCopy, Effect: 0.02, All: true}, 0, 2000)
	}
	for _, m := range mixtures {
		for _, cv := range []float64{0.01, 0.03} {
			for _, once := range []int{looks.FirstPass(), looks.Last(), 0} {
				add(Mixtures, World{Rows: nine, Noise: Normal, CV: cv, Shared: usualShared, Copies: NoCopy, Bad: m.bad, Slow: m.slow}, once, 3000)
			}
		}
	}
	for _, noise := range shapeNoises {
		for _, cv := range shapeCVs {
			for _, rows := range shapeRows {
				for _, lost := range []int{0, 2} {
					for _, effect := range []float64{0, shapeEffect} {
						add(Shapes, World{Rows: rows, Noise: noise, CV: cv, Shared: usualShared, Copies: NoCopy, Effect: effect, Lost: lost}, looks.FirstPass(), 2000)
					}
				}
			}
		}
	}
	return all
}

// What the cells are made of.
const (
	nine        = 9   // rows of a check that has an open and a closed scenario, and Go benchmarks
	usualShared = 0.5 // correlation within a trial
	shapeEffect = 0.2
)

type noised struct {
	noise Noise
	cv    float64
}

var (
	levelNoises = []noised{
		{Normal, 0.01}, {Normal, 0.03}, {Normal, 0.05}, {Normal, 0.10},
		{StudentT2, 0.02}, {StudentT2, 0.10}, {Lognormal, 0.05}, {Lognormal, 0.20},
	}
	levelRows   = []int{3, 30, 200}
	levelShared = []float64{0, 0.5, 0.9}

	powers = []struct{ cv, effect float64 }{
		{0.01, 0}, {0.03, 0}, {0.05, 0}, {0.10, 0},
		{0.01, 0.05}, {0.03, 0.05}, {0.05, 0.05},
		{0.01, 0.10}, {0.03, 0.10}, {0.05, 0.10}, {0.10, 0.10},
		{0.01, 0.20}, {0.05, 0.20}, {0.10, 0.20},
	}

	mixtures = []struct{ bad, slow float64 }{{0.25, 1.4}, {0.10, 2}}

	shapeNoises = []Noise{Normal, Lognormal, Outliers, Cauchy}
	shapeCVs    = []float64{0.01, 0.05, 0.20}
	shapeRows   = []int{9, 30}
)
