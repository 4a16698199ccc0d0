package synthetic

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"
	"time"
)

// portion is for about how long the checks of a cell are made before they are recorded.
const portion = 2 * time.Second

// rounds are the numbers of checks that all cells reach together, so that wherever the
// simulation stops all cells have their share.
var rounds = []int{20, 100, 300, 500, 1000, 2000, 3000}

// Progress says how far a simulation is.
type Progress struct {
	Cell       string // name of the cell whose checks were just made
	Done, Want int    // checks of all cells
}

// Run makes the checks that are missing in records, at most so many of each cell, and
// calls save after every portion. It continues where the records stop. The records of
// another rule than the present one are made anew. If ctx ends, Run returns the error of
// ctx, and what has been saved stays.
func Run(ctx context.Context, records Records, most int, save func(Progress) error) error {
	return run(ctx, Cells(), records, most, save)
}

func run(ctx context.Context, cells []Cell, records Records, most int, save func(Progress) error) error {
	present := Rule()
	slices.SortStableFunc(cells, func(a, b Cell) int { return cmp.Compare(a.World.Rows, b.World.Rows) }) // quick ones first
	at := Progress{}
	for _, c := range cells {
		if records[c.Name()].Rule != present {
			delete(records, c.Name())
		}
		want := min(most, c.Checks)
		at.Want += want
		at.Done += min(want, records[c.Name()].Checks)
	}
	for _, round := range rounds {
		for _, c := range cells {
			want := c.until(most, round)
			for records[c.Name()].Checks < want {
				r := records[c.Name()]
				r.Cell, r.Rule = c.Name(), present
				n, err := r.more(ctx, c, want)
				if err != nil {
					return err
				}
				records[c.Name()] = r
				at.Cell, at.Done = r.Cell, at.Done+n
				if err := save(at); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// until is the number of checks that a cell has after a round. Wide cells, which take most
// of the time, are half a round behind.
func (c Cell) until(most, round int) int {
	if c.World.Rows >= wide {
		round /= 2
	}
	return min(most, c.Checks, round)
}

// more makes checks of a cell for about the time of a portion, and adds them to the
// record, up to so many. Which checks they are follows from their number alone, and not
// from the time.
func (r *Record) more(ctx context.Context, c Cell, want int) (made int, err error) {
	for begun := time.Now(); r.Checks < want && time.Since(begun) < portion; {
		n := min(8*runtime.GOMAXPROCS(0), want-r.Checks)
		if err := r.batch(ctx, c, n); err != nil {
			return 0, err
		}
		made += n
	}
	return made, nil
}

// batch makes the next n checks at the same time, as far as there are CPUs.
func (r *Record) batch(ctx context.Context, c Cell, n int) error {
	now, first := make([]Tally, n), make([]Tally, n)
	next := make(chan int)
	var wait sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wait.Go(func() {
			for i := range next {
				now[i], first[i] = c.one(r.Checks + i)
			}
		})
	}
	for i := range n {
		if ctx.Err() != nil {
			break
		}
		next <- i
	}
	close(next)
	wait.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	r.Checks += n
	for i := range n {
		r.Now.sum(now[i])
		r.First.sum(first[i])
	}
	return nil
}
