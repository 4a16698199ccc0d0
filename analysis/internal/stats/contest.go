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

// contest holds the statistics of all rows of a family under the signs or labels
// of the moment, and adjusts their p-values by the highest of each moment
// (Westfall and Young's max-T, in one step): whatever the rows have to do with
// each other, the highest of them all is exceeded by chance as often as it is
// under the signs or labels that could as well have been.
//
// A statistic is a correlation r in [−1, 1], of the values with their signs or
// labels: a studentised mean, or difference of means, is a rising function of it,
// and r needs no variance and is safe for rows without any.
type contest struct {
	side    Side
	places  []int     // by row; −1: the row has nothing that could differ, and takes no part
	current []float64 // r by place, rows of one size side by side
	sizes   []size
}

// size is that of rows: how many values they have, less what was estimated.
type size struct {
	end int // of its places
	n   float64
}

// newContest makes room for rows of the given sizes; NaN takes no part.
func newContest(sizes []float64, side Side) *contest {
	c := &contest{side: side, places: make([]int, len(sizes))}
	var order []int
	for i, n := range sizes {
		c.places[i] = -1
		if !math.IsNaN(n) {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(sizes[a], sizes[b]) })
	for place, i := range order {
		c.places[i] = place
		if place == 0 || sizes[i] != sizes[order[place-1]] {
			c.sizes = append(c.sizes, size{n: sizes[i]})
		}
		c.sizes[len(c.sizes)-1].end = place + 1
	}
	c.current = make([]float64, len(order))
	return c
}

// scaled is r on a scale that all rows share: r itself if they are of one size, of
// which evidence would change no order, and so no p-value.
func (c *contest) scaled(r, n float64) float64 {
	if len(c.sizes) == 1 {
		return r
	}
	return evidence(r, n)
}

// evidence makes statistics of rows of different sizes comparable: −n·log(1−r²)
// has nearly the distribution χ² with one degree of freedom, squared z, whatever
// the size is, if n is corrected as Bartlett did. By r itself chance alone would
// lift rows of six values above any of ten, and these would never be found.
func evidence(r, n float64) float64 {
	// A row that has next to nothing to go by gets next to no weight, and one
	// without any spread a finite one.
	e := -max(n, 0.1) * math.Log1p(-min(r*r, 1-1e-12))
	return math.Copysign(e, r)
}

// highest is the most evidence that any row has at the moment.
func (c *contest) highest() float64 {
	h, start := math.Inf(-1), 0
	for _, s := range c.sizes {
		top := math.Inf(-1)
		if c.side == TwoSided {
			for _, r := range c.current[start:s.end] {
				if a := math.Abs(r); a > top {
					top = a
				}
			}
		} else {
			for _, r := range c.current[start:s.end] {
				if r > top {
					top = r
				}
			}
		}
		h = max(h, c.scaled(top, s.n))
		start = s.end
	}
	return h
}

// adjust is the share of moments in which the highest row has at least the
// evidence that a row has now. Walk goes through the moments and yields at each;
// the present one must be among them. Rows that take no part get 1.
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
			limits[place] = c.scaled(r-1e-9, s.n)
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
