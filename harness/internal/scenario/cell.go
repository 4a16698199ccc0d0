package scenario

import (
	"maps"
	"slices"
	"strings"

	"github.com/assay-bench/assay/results"
)

// aaSuffix marks the copy of a variant that an A/A control adds.
const aaSuffix = "-aa"

// Cell is one combination of variant and matrix values: what a block
// measures once.
type Cell struct {
	Variant string
	Matrix  map[string]string // nil without a matrix
	// Params are all parameters of the cell: the scenario's, overridden by
	// the variant's, overridden by the matrix.
	Params map[string]string
	// AAOf is the variant of which this cell's is the A/A copy, else "".
	// A copy resolves exactly as its original: ${variant} is AAOf.
	AAOf    string
	Control bool // the variant is the positive control
}

// Name is the variant and the matrix values in the order of their keys, as
// they stand in benchmark names: "workerpool/queue=50/workers=10".
func (c Cell) Name() string {
	var b strings.Builder
	b.WriteString(c.Variant)
	for _, key := range slices.Sorted(maps.Keys(c.Matrix)) {
		b.WriteString("/" + key + "=" + c.Matrix[key])
	}
	return b.String()
}

// Cells are the scenario's variants crossed with its matrix: variants in the
// order of the file with the A/A copy last; for each of them the matrix in the
// order of the file, its last key varying fastest. The maps are the caller's.
func (s *Scenario) Cells() []Cell {
	var cells []Cell
	for _, v := range s.compared() {
		base := Cell{Variant: v.Name, Params: merge(s.params, v.Params), AAOf: v.AAOf, Control: v.Name == s.control}
		cells = append(cells, cross(base, s.matrix)...)
	}
	return cells
}

// compared are the variants with the A/A copy.
func (s *Scenario) compared() []results.Variant {
	all := slices.Clone(s.variants)
	for _, v := range s.variants {
		if v.Name == s.aa {
			all = append(all, results.Variant{Name: v.Name + aaSuffix, Params: v.Params, AAOf: v.Name})
		}
	}
	return all
}

// cross gives one copy of base for every combination of the axes.
func cross(base Cell, axes []axis) []Cell {
	cells := []Cell{base}
	for _, a := range axes {
		next := make([]Cell, 0, len(cells)*len(a.values))
		for _, c := range cells {
			for _, value := range a.values {
				chosen := map[string]string{a.key: value}
				grown := c
				grown.Matrix = merge(c.Matrix, chosen)
				grown.Params = merge(c.Params, chosen)
				next = append(next, grown)
			}
		}
		cells = next
	}
	return cells
}

// merge gives a new map of base overridden by over.
func merge(base, over map[string]string) map[string]string {
	merged := make(map[string]string, len(base)+len(over))
	maps.Copy(merged, base)
	maps.Copy(merged, over)
	return merged
}
