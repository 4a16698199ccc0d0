package scenario

import (
	"maps"
	"slices"
	"strings"

	"github.com/assay-bench/assay/results"
)

// aaSuffix marks the copy of a variant that an A/A control adds.
const aaSuffix = "-aa"

// Cell is one combination of a variant and matrix values. A block holds one trial of
// every cell.
type Cell struct {
	Variant string            // its name
	Matrix  map[string]string // nil if there is no matrix
	// Params are all parameters of the cell: those of the scenario, overridden by
	// those of the variant, overridden by the matrix values.
	Params map[string]string
	// AAOf names the variant of which this cell's variant is the A/A copy, or is "".
	// A copy resolves exactly as its original does: ${variant} is AAOf.
	AAOf    string
	Control bool // the variant is the positive control
}

// Name returns the variant and the matrix values, sorted by key, in the form of
// benchmark names: "workerpool/queue=50/workers=10".
func (c Cell) Name() string {
	var b strings.Builder
	b.WriteString(c.Variant)
	for _, key := range slices.Sorted(maps.Keys(c.Matrix)) {
		b.WriteString("/" + key + "=" + c.Matrix[key])
	}
	return b.String()
}

// Cells returns the scenario's variants crossed with its matrix. Variants are in the
// order of the file, with the A/A copy last. For each variant, the matrix is in the
// order of the file, and its last key varies fastest. The caller may change the
// maps.
func (s *Scenario) Cells() []Cell {
	var cells []Cell
	for _, v := range s.compared() {
		base := Cell{Variant: v.Name, Params: merge(s.params, v.Params), AAOf: v.AAOf, Control: v.Name == s.control}
		cells = append(cells, cross(base, s.matrix)...)
	}
	return cells
}

// compared returns the variants with the A/A copy.
func (s *Scenario) compared() []results.Variant {
	all := slices.Clone(s.variants)
	for _, v := range s.variants {
		if v.Name == s.aa {
			all = append(all, results.Variant{Name: v.Name + aaSuffix, Params: v.Params, AAOf: v.Name})
		}
	}
	return all
}

// cross returns one copy of base for every combination of the axes.
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

// merge returns a new map with the entries of base, overridden by those of over.
func merge(base, over map[string]string) map[string]string {
	merged := make(map[string]string, len(base)+len(over))
	maps.Copy(merged, base)
	maps.Copy(merged, over)
	return merged
}
