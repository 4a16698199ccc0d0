package explain

import (
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// side is one of the two variants.
type side int

const (
	atBase side = iota
	atHead
)

// observed is what one trial's server used for one answer.
type observed struct {
	block int
	side  side
	of    map[string]*reading // by kind of profile
	per   map[string]float64  // by kind: what makes a value one of an answer
}

// index gives the functions of all readings common numbers.
type index struct {
	ids     map[string]int32
	names   []string
	classes []class
	files   []string // where head has the function, or base if head does not
}

// newIndex makes an index without functions.
func newIndex() *index { return &index{ids: map[string]int32{}} }

// merge replaces the numbers of a reading by the common ones. The names of files are
// those of head, if it is head that is merged last.
func (x *index) merge(r *reading) {
	to := make([]int32, len(r.functions))
	for i, f := range r.functions {
		id, ok := x.ids[f.name]
		if !ok {
			id = int32(len(x.names))
			x.ids[f.name] = id
			x.names, x.classes, x.files = append(x.names, f.name), append(x.classes, classify(f.name)), append(x.files, f.file)
		}
		x.files[id] = f.file
		to[i] = id
	}
	for _, frames := range r.frames {
		for i := range frames {
			frames[i].function = to[frames[i].function]
		}
	}
}

// readTrials reads the profiles of one server in trials, several at once.
func readTrials(run *load.Run, trials []results.Trial, sides []side, server string) ([]*observed, error) {
	all := make([]*observed, len(trials))
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range trials {
		t := &trials[i]
		o := &observed{block: t.Block, side: sides[i], of: map[string]*reading{}, per: map[string]float64{}}
		all[i] = o
		answers := answersPerSecond(run.Manifest, t, server)
		for _, p := range t.Profiles {
			if p.Server != server || p.Seconds <= 0 || answers <= 0 {
				continue
			}
			o.of[p.Kind], o.per[p.Kind] = new(reading), 1/(p.Seconds*answers)
			into := o.of[p.Kind]
			g.Go(func() error {
				got, err := unpack(run, p)
				if err != nil {
					return err
				}
				r, err := digest(got, p.Kind)
				if err != nil {
					return fmt.Errorf("%s: %s: %w", run.Label(), p.Name(), err)
				}
				*into = *r
				return nil
			})
		}
	}
	return all, g.Wait()
}

// answersPerSecond is how many answers of any kind a server gave in a second of the
// window, to all streams.
func answersPerSecond(m *results.Manifest, t *results.Trial, server string) (rate float64) {
	for i := range t.Streams {
		s := &t.Streams[i]
		if of := results.ServerOf(m, t, s); of == nil || of.Name != server || s.Window <= 0 {
			continue
		}
		n := s.Completed
		if s.Answered != nil {
			n = *s.Answered
		}
		rate += float64(n) / s.Window.Seconds()
	}
	return rate
}

// sums is what the stacks of a reading add up to, for one answer.
type sums struct {
	total  float64
	flat   []float64 // by function: while it was the innermost one
	cum    []float64 // by function: while it was in the stack
	groups [groups]float64
}

// sum adds up the metric of a trial, which has its profile. Stacks in but, which may be
// nil, are left out.
func (o *observed) sum(x *index, m int, but *without) *sums {
	kind := metrics[m].kind
	r := o.of[kind]
	column := columnOf(m)
	s := &sums{flat: make([]float64, len(x.names)), cum: make([]float64, len(x.names))}
	seen := make([]int32, len(x.names)) // number of the stack that was counted last
	var own []int32
	for k := range r.stacks {
		st := &r.stacks[k]
		v := st.values[column] * o.per[kind]
		if v == 0 {
			continue
		}
		own = own[:0]
		skip := but != nil && but.groups[st.group]
		for _, l := range st.locations {
			for _, f := range r.frames[l] {
				if seen[f.function] == int32(k+1) {
					continue
				}
				seen[f.function] = int32(k + 1)
				own = append(own, f.function)
				skip = skip || but != nil && but.functions[f.function]
			}
		}
		if skip {
			continue
		}
		for i, f := range own {
			if i == 0 {
				s.flat[f] += v
			}
			s.cum[f] += v
		}
		s.total += v
		s.groups[st.group] += v
	}
	return s
}

// columnOf returns the place of a metric among those of its kind.
func columnOf(m int) (column int) {
	for i := range m {
		if metrics[i].kind == metrics[m].kind {
			column++
		}
	}
	return column
}
