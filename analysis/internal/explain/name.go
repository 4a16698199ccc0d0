package explain

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/stats"
)

// without says which stacks are left out of a sum: those that hold a function, and those
// of a group.
type without struct {
	functions []bool
	groups    [groups]bool
}

// named is a row that was chosen, with what it explains beyond those before it.
type named struct {
	row  *Row
	rest stats.Estimate
}

// names chooses the rows that explain why a metric grew, the best first. A row is chosen
// if it grew by itself, and if it still did in the stacks that no row before it holds.
//
// What calls a slow function takes longer by as much as the function does, and so does
// everything above that. The difference alone cannot choose between them. The smallest of
// those that explain about as much as the best is the most exact answer.
func (s *section) names(m int) (chosen []named) {
	t := s.tables[m]
	if t == nil {
		return nil
	}
	but := &without{functions: make([]bool, len(s.index.names))}
	for len(chosen) < mostNamed {
		best, ok := t.best(s.index, but)
		if !ok {
			break
		}
		chosen = append(chosen, best)
		if best.row.function >= 0 {
			but.functions[best.row.function] = true
		} else {
			but.groups[best.row.group] = true
		}
	}
	return chosen
}

// best returns the row that explains most of what is left.
func (t *comparison) best(x *index, but *without) (best named, ok bool) {
	rest := t.sums(x, but)
	var all []named
	sure, largest := 0.0, 0.0
	for _, r := range t.rows {
		if r.Verdict != Grew || !t.mayBeNamed(x, r) {
			continue
		}
		d := make([]float64, len(rest))
		for i, pair := range rest {
			d[i] = r.value(pair[atHead]) - r.value(pair[atBase])
		}
		e := stats.HodgesLehmann(d, stats.Level)
		if !(e.Low > 0) || e.Center < worth*t.total.Base || e.Center < ofOwn*r.Difference {
			continue
		}
		all = append(all, named{r, e})
		sure, largest = max(sure, e.Low), max(largest, e.Center)
	}
	enough := max(ofSure*sure, ofLargest*largest)
	for _, n := range all {
		if n.rest.Center < enough {
			continue
		}
		if !ok || n.row.Head < best.row.Head || n.row.Head == best.row.Head && t.below(n.row, best.row) {
			best, ok = n, true
		}
	}
	return best, ok
}

// below reports whether a is the deeper one of two functions that are in the same stacks.
func (t *comparison) below(a, b *Row) bool {
	return a.function >= 0 && (b.function < 0 || t.depth[a.function] > t.depth[b.function])
}

// value is the row's value in a sum.
func (r *Row) value(s *sums) float64 {
	if r.function >= 0 {
		return s.cum[r.function]
	}
	return s.groups[r.group]
}

// mayBeNamed reports whether a row can be the answer to why. Functions stand with what
// they call. What the runtime does is named as a group, and what waits are made of is
// not named as a cause of waiting.
func (t *comparison) mayBeNamed(x *index, r *Row) bool {
	switch r.Counts {
	case CountsGroup:
		return t.metric == cpuMetric && r.group.runtime()
	case CountsCum:
	default:
		return false
	}
	if x.classes[r.function].runtime || unsaid(r.Name) {
		return false
	}
	if t.metric == lockMetric || t.metric == waitMetric {
		return !strings.HasPrefix(r.Name, "sync.") && !strings.HasPrefix(r.Name, "internal/sync.")
	}
	return true
}

// roots hold everything that a program does.
var roots = []string{"main.main", "net/http.(*conn).serve", "net/http.serverHandler.ServeHTTP"}

// wrapper matches functions that the compiler makes for the statements go and defer. They
// do nothing but call the one that they are made for.
var wrapper = regexp.MustCompile(`\.(go|defer)wrap\d+$`)

// unsaid reports whether a function's name tells a reader nothing of the program.
func unsaid(name string) bool { return slices.Contains(roots, name) || wrapper.MatchString(name) }

// explained returns the share of the growth of a metric that the chosen rows hold
// together. It is nil if the metric as a whole is not known to have grown.
func (s *section) explained(m int, chosen []named) *float64 {
	t := s.tables[m]
	if t == nil || t.total.Verdict != Grew || t.total.Difference <= 0 {
		return nil
	}
	but := &without{functions: make([]bool, len(s.index.names))}
	for _, n := range chosen {
		if n.row.function >= 0 {
			but.functions[n.row.function] = true
		} else {
			but.groups[n.row.group] = true
		}
	}
	d := make([]float64, len(t.pairs))
	for i, pair := range t.sums(s.index, but) {
		d[i] = t.total.differences[i] - (pair[atHead].total - pair[atBase].total)
	}
	share := stats.HodgesLehmann(d, stats.Level).Center / t.total.Difference
	return &share
}

// callers returns who calls a function in head, from the nearest one, along the path that
// takes most of the metric, and the place of each of these calls in the source, which is
// the one that takes most. Functions of the runtime and the roots are left out.
func (s *section) callers(m int, function int32) (names, places []string) {
	t := s.tables[m]
	byPath := map[string]float64{}
	byPlace := map[string][longestPath]map[string]float64{} // of each path, for each call
	for i := range t.pairs {
		o := &t.pairs[i][atHead]
		r, column := o.of[metrics[m].kind], columnOf(m)
		for k := range r.stacks {
			st := &r.stacks[k]
			above, at := s.above(r, st, function)
			if len(above) == 0 {
				continue
			}
			path := strings.Join(above, "\n")
			calls, ok := byPlace[path]
			if !ok {
				for j := range calls {
					calls[j] = map[string]float64{}
				}
				byPlace[path] = calls
			}
			byPath[path] += st.values[column]
			for j, place := range at {
				calls[j][place] += st.values[column]
			}
		}
	}
	if len(byPath) == 0 {
		return nil, nil
	}
	most := largest(byPath)
	names = strings.Split(most, "\n")
	for j := range names {
		places = append(places, largest(byPlace[most][j]))
	}
	return names, places
}

// largest returns the key of the largest value; of several, the first by name.
func largest(m map[string]float64) (best string) {
	for i, k := range slices.Sorted(maps.Keys(m)) {
		if i == 0 || m[k] > m[best] {
			best = k
		}
	}
	return best
}

// longestPath is how many callers of a function are shown.
const longestPath = 4

// above returns the callers of a function in a stack, from the nearest one, and the places
// of their calls.
func (s *section) above(r *reading, st *stack, function int32) (path, at []string) {
	below := true
	for _, l := range st.locations {
		for _, f := range r.frames[l] {
			if f.function == function {
				below = false
				path, at = path[:0], at[:0] // of a recursion the outermost call
				continue
			}
			name := s.index.names[f.function]
			if below || s.index.classes[f.function].runtime || unsaid(name) || len(path) == longestPath {
				continue
			}
			path = append(path, name)
			at = append(at, sourceOf(s.index.files[f.function], f.line))
		}
	}
	return path, at
}
