package stats

import (
	"cmp"
	"math"
	"slices"
)

// Side says which differences count as extreme.
type Side int

// Sides of a test.
const (
	TwoSided Side = iota
	Greater       // positive differences
)

// contest adjusts the p-values of a family of rows by the single-step max-T method of
// Westfall and Young. It holds the statistics of all rows under one arrangement, which
// is a choice of signs ([MaxT]) or of labels ([MaxTShift]). The adjusted p-value of a
// row is the share of arrangements in which the highest statistic of all rows reaches
// the observed statistic of that row. This is exact however the rows depend on each
// other, because every arrangement keeps their dependence.
//
// The statistic of a row is the correlation r in [−1, 1] of its values with their signs
// or labels. The studentised mean, or difference of means, is a rising function of r,
// so that both give the same p-values. r is used because it needs no estimate of a
// variance, which may be zero.
type contest struct {
	side    Side
	places  []int     // by row; −1: the row has nothing that could differ, and takes no part
	current []float64 // r by place, rows of one size side by side
	sizes   []size
}

// size is the number of values of a row, less the number of estimated parameters.
type size struct {
	end  int // of its places
	n    float64
	open bool // r may exceed 1: the rows have a second base
}

// newContest makes room for rows of the given sizes. A row of size NaN takes no part.
func newContest(sizes []float64, side Side) *contest {
	return newOpenContest(sizes, make([]bool, len(sizes)), side)
}

// newOpenContest is newContest for rows of which some are open: their r, over all
// arrangements, has the variance 1/n as that of others has, and may exceed 1.
func newOpenContest(sizes []float64, open []bool, side Side) *contest {
	c := &contest{side: side, places: make([]int, len(sizes))}
	var order []int
	for i, n := range sizes {
		c.places[i] = -1
		if !math.IsNaN(n) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int {
		if open[a] != open[b] {
			if open[b] {
				return -1
			}
			return +1
		}
		return cmp.Compare(sizes[a], sizes[b])
	})
	for place, i := range order {
		c.places[i] = place
		if place == 0 || sizes[i] != sizes[order[place-1]] || open[i] != open[order[place-1]] {
			c.sizes = append(c.sizes, size{n: sizes[i], open: open[i]})
		}
		c.sizes[len(c.sizes)-1].end = place + 1
	}
	c.current = make([]float64, len(order))
	return c
}

// scaled is r on a scale on which rows of different sizes compare. If all rows have the
// same size it is r itself: the scale of evidence would not change their order.
func (c *contest) scaled(r float64, s size) float64 {
	switch {
	case len(c.sizes) == 1:
		return r
	case s.open:
		// A sum of trios is near to normal, and its square to χ², as it is.
		return math.Copysign(s.n*r*r, r)
	}
	return evidence(r, s.n)
}

// evidence makes the statistics of rows of different sizes comparable. With Bartlett's
// correction of n, −n·log(1−r²) has nearly the χ² distribution with one degree of
// freedom, whatever n is. The correlation r itself would not do: by chance alone a row
// of six values reaches a higher r than a row of ten, so that effects in the longer rows
// would never be found.
func evidence(r, n float64) float64 {
	// A row that has next to nothing to go by gets next to no weight, and one
	// without any spread a finite one.
	e := -max(n, 0.1) * math.Log1p(-min(r*r, 1-1e-12))
	return math.Copysign(e, r)
}

// highest is the highest scaled statistic of any row under the present arrangement.
func (c *contest) highest() float64 {
	h, start := math.Inf(-1), 0
	for _, s := range c.sizes {
		rows := c.current[start:s.end]
		if c.side == TwoSided {
			h = max(h, c.scaled(farthest(rows), s))
		} else {
			h = max(h, c.scaled(largest(rows), s))
		}
		start = s.end
	}
	return h
}

// farthest is the largest absolute value.
func farthest(values []float64) float64 {
	top := math.Inf(-1)
	for _, r := range values {
		if a := math.Abs(r); a > top {
			top = a
		}
	}
	return top
}

// largest is the largest value. Four running maxima let the CPU compare several values at
// a time; this is where tests of many rows spend their time.
func largest(values []float64) float64 {
	none := math.Inf(-1)
	a, b, c, d := none, none, none, none
	for ; len(values) >= 4; values = values[4:] {
		if values[0] > a {
			a = values[0]
		}
		if values[1] > b {
			b = values[1]
		}
		if values[2] > c {
			c = values[2]
		}
		if values[3] > d {
			d = values[3]
		}
	}
	for _, r := range values {
		if r > a {
			a = r
		}
	}
	return max(a, b, c, d)
}

// adjust returns the adjusted p-value of every row. The present arrangement is the
// observed one. walk goes through all arrangements, the observed one included, and
// yields at each. Rows that take no part get 1.
func (c *contest) adjust(walk func(yield func())) []float64 {
	p := make([]float64, len(c.places))
	limits := make([]float64, len(c.current)) // by place
	start := 0
	for _, s := range c.sizes {
		for place := start; place < s.end; place++ {
			r := c.current[place]
			if c.side == TwoSided {
				r = math.Abs(r)
			}
			if r == 0 && c.side == TwoSided {
				limits[place] = math.Inf(-1)
				continue
			}
			// The allowance keeps the present moment and its exact repeats from
			// being lost to the order of additions.
			limits[place] = c.scaled(r-1e-9, s)
		}
		start = s.end
	}
	// above[k] counts the moments in which exactly the k lowest limits were
	// reached, so that one search a moment does for all rows.
	sorted := slices.Sorted(slices.Values(limits))
	above := make([]int, len(sorted)+1)
	made := 0
	walk(func() {
		made++
		k, _ := slices.BinarySearchFunc(sorted, c.highest(), func(limit, h float64) int {
			if limit <= h {
				return -1
			}
			return 1
		})
		above[k]++
	})
	for k := len(sorted) - 1; k >= 0; k-- {
		above[k] += above[k+1]
	}
	for i, place := range c.places {
		p[i] = 1
		if place >= 0 {
			k, _ := slices.BinarySearch(sorted, limits[place])
			p[i] = float64(above[k+1]) / float64(made)
		}
	}
	return p
}
