package explain

import (
	"cmp"
	"slices"
)

// Bounds of the flame graph. Nodes below leastDrawn of the whole are not drawn: at a
// thousand pixels they would be narrower than a line. Nodes from leastShare on are tested.
const (
	leastDrawn = 0.001
	deepest    = 120 // frames; a recursion may be deeper
)

// node is a function where it is called by those above it, in the merged stacks of all
// trials.
type node struct {
	name     string
	values   [][2]float64 // by block: base and head, for one answer
	children map[int32]*node
	row      *Row // nil: too small to be tested, or the root
}

// flame is the tree of the stacks of one section.
type flame struct {
	title string
	unit  string
	root  *node
}

// newFlame merges the stacks of the CPU profiles of a section, and tests its nodes as one
// family.
func newFlame(s *Section) *flame {
	t, x := s.from.tables[cpuMetric], s.from.index
	f := &flame{title: s.Title(), unit: metrics[cpuMetric].unit, root: &node{name: "all", values: make([][2]float64, len(t.blocks))}}
	for b := range t.pairs {
		for _, at := range []side{atBase, atHead} {
			f.root.grow(x, &t.pairs[b][at], b, at, len(t.blocks))
		}
	}
	least := leastShare * 2 * f.root.size()
	var family []*Row
	f.root.each(func(n *node) {
		if n != f.root && 2*n.size() >= least && n.size() > 0 {
			n.row = n.compare(t.blocks)
			family = append(family, n.row)
		}
	})
	judge(family)
	f.root.prune(leastDrawn * f.root.size())
	return f
}

// grow adds the stacks of a trial.
func (n *node) grow(x *index, o *observed, block int, at side, blocks int) {
	kind := metrics[cpuMetric].kind
	r := o.of[kind]
	for k := range r.stacks {
		st := &r.stacks[k]
		v := st.values[columnOf(cpuMetric)] * o.per[kind]
		here := n
		here.values[block][at] += v
		depth := 0
		for i := len(st.locations) - 1; i >= 0; i-- {
			frames := r.frames[st.locations[i]]
			for j := len(frames) - 1; j >= 0 && depth < deepest; j-- {
				here = here.child(frames[j].function, x, blocks)
				here.values[block][at] += v
				depth++
			}
		}
	}
}

// child returns the node of a function that n calls, and makes it if there is none.
func (n *node) child(f int32, x *index, blocks int) *node {
	if c, ok := n.children[f]; ok {
		return c
	}
	if n.children == nil {
		n.children = map[int32]*node{}
	}
	c := &node{name: x.names[f], values: make([][2]float64, blocks)}
	n.children[f] = c
	return c
}

// size is the mean of base and head over the blocks.
func (n *node) size() float64 {
	sum := 0.0
	for _, v := range n.values {
		sum += v[atBase] + v[atHead]
	}
	return sum / float64(2*max(1, len(n.values)))
}

// compare makes the row of a node.
func (n *node) compare(blocks []int) *Row {
	var base, head []float64
	for _, v := range n.values {
		base, head = append(base, v[atBase]), append(head, v[atHead])
	}
	return newRow(n.name, CountsCum, blocks, base, head)
}

// each visits a node and those below it.
func (n *node) each(visit func(*node)) {
	visit(n)
	for _, c := range n.sorted() {
		c.each(visit)
	}
}

// prune removes nodes that are too small to be drawn.
func (n *node) prune(least float64) {
	for f, c := range n.children {
		if c.size() < least {
			delete(n.children, f)
			continue
		}
		c.prune(least)
	}
}

// sorted returns the children by name, so that the same function has the same place in
// every picture.
func (n *node) sorted() []*node {
	var all []*node
	for _, c := range n.children {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *node) int { return cmp.Compare(a.name, b.name) })
	return all
}

// depth is the number of levels from the node on.
func (n *node) depth() int {
	most := 0
	for _, c := range n.children {
		most = max(most, c.depth())
	}
	return most + 1
}
