package micro

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/effect"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/internal/plain"
)

// benchmark is one function of Go benchmark output with all its
// sub-benchmarks.
type benchmark struct {
	pkg, name string
	keys      []string                  // of its name, in order
	values    map[string]map[string]int // by key, and how often
	names     []string                  // full names, in order
	units     []string
	results   map[[2]string][]float64 // by full name and unit

	column string       // key that has the columns, empty: nothing to compare
	rows   []effect.Row // every other column against the first
}

// Write writes the Go benchmarks of all bundles that hold some. It returns the benchmarks
// that could not be compared, as errors.
func Write(p *page.Page, runs []*load.Run) (problems []error) {
	// Each file is a family of its own: benchmarks of two bundles ran on two occasions,
	// and nothing pairs their blocks.
	for _, run := range runs {
		if m := run.Micro(); m != nil {
			problems = append(problems, writeFile(p, m)...)
		}
	}
	return problems
}

// writeFile writes the benchmarks of one file: first those that are compared by columns,
// then all others in one table.
func writeFile(p *page.Page, m *load.Text) (problems []error) {
	// A file that is damaged at its end still has the results before the damage. They
	// are shown below what went wrong.
	all, err := benchmarks(m)
	if err != nil {
		p.Line("%s\n", plain.Prose(page.Relative(err.Error(), filepath.Dir(m.Path()))))
	}
	chooseColumns(all)
	var family []*effect.Row
	for _, b := range all {
		if err := b.compare(m); err != nil {
			problems = append(problems, fmt.Errorf("%s: %s is not compared: %w", m.Path(), b.name, err))
		}
		for i := range b.rows {
			family = append(family, &b.rows[i])
		}
	}
	// The p-values are adjusted for all comparisons of the file together: the more
	// benchmarks a file has, the more of them differ by chance.
	effect.Adjust(family)
	root := commonFolder(all)
	if len(family) > 0 {
		legend(p, family)
	}
	var single []*benchmark
	for _, b := range all {
		if b.column == "" {
			single = append(single, b)
			continue
		}
		columnTables(p, b, root)
	}
	if len(single) > 0 {
		singleTable(p, single, root)
	}
	return problems
}

// benchmarks gathers the results of a file. Beside an error it returns what could be read
// before the error.
func benchmarks(m *load.Text) ([]*benchmark, error) {
	var all []*benchmark
	index := map[[2]string]*benchmark{}
	err := m.Each(func(o load.Observation) error {
		// The package is part of the key, because two packages may have a benchmark of
		// the same name.
		base, parts := o.Result.Name.Parts()
		at := [2]string{o.Result.GetConfig("pkg"), string(base)}
		b := index[at]
		if b == nil {
			b = &benchmark{pkg: at[0], name: at[1], values: map[string]map[string]int{}, results: map[[2]string][]float64{}}
			index[at] = b
			all = append(all, b)
		}
		b.add(o.Result, parts)
		return nil
	})
	return all, err
}

// add takes one result, with the parts of its name after the name of the function. A
// part without "=" is no key: it is a place in the name, or GOMAXPROCS.
func (b *benchmark) add(r *benchfmt.Result, parts [][]byte) {
	for _, part := range parts {
		key, value, ok := strings.Cut(string(part), "=")
		if !ok {
			continue // a place in the name, or GOMAXPROCS
		}
		// The number of different values is the number of columns that the key would
		// make.
		if b.values[key] == nil {
			b.keys = append(b.keys, key)
			b.values[key] = map[string]int{}
		}
		b.values[key][value]++
	}
	full := r.Name.String()
	if !slices.Contains(b.names, full) {
		b.names = append(b.names, full)
	}
	for _, v := range r.Values {
		if !slices.Contains(b.units, v.Unit) {
			b.units = append(b.units, v.Unit)
		}
		at := [2]string{full, v.Unit}
		b.results[at] = append(b.results[at], v.Value)
	}
}

// chooseColumns picks for every benchmark the key whose values become columns: the key
// "/variant" if the benchmark has it, else the key that most benchmarks of the file have,
// and among several of these the first one in the name. A key with only one value is not
// picked.
func chooseColumns(all []*benchmark) {
	// A page whose tables have the same columns is easier to read, so the key that most
	// benchmarks have wins.
	share := map[string]int{}
	for _, b := range all {
		for _, k := range b.keys {
			share[k]++
		}
	}
	for _, b := range all {
		for _, k := range b.keys {
			if len(b.values[k]) < 2 {
				continue
			}
			if k == "/variant" {
				b.column = k
				break
			}
			if b.column == "" || share[k] > share[b.column] {
				b.column = k
			}
		}
	}
}

// compare compares every column with the first. The k-th results of two names belong to
// the same block. If no row has values in two columns, or if the comparison fails, the
// benchmark is left without columns.
func (b *benchmark) compare(m *load.Text) error {
	if b.column == "" {
		return nil
	}
	// The filter of package compare is that of benchproc, which quotes words as Go
	// does.
	filter := fmt.Sprintf(".name:%q", b.name)
	if b.pkg != "" {
		filter += fmt.Sprintf(" pkg:%q", b.pkg)
	}
	res, err := effect.Run([]load.Source{m}, compare.Options{Filter: filter, Col: b.column})
	if err != nil {
		b.column = ""
		// Columns that have no row in common are nothing to compare. The benchmark goes
		// to the table of single ones.
		if errors.Is(err, compare.ErrNothing) {
			return nil
		}
		return err
	}
	b.rows = res.Rows
	return nil
}

// commonFolder is the folder that all packages lie in, with its slash.
func commonFolder(all []*benchmark) string {
	root := ""
	for i, b := range all {
		// The first guess is the folder of the first package. It loses its last element
		// until every package lies in it, and is empty if they share nothing.
		if i == 0 {
			root = b.pkg[:strings.LastIndexByte(b.pkg, '/')+1]
		}
		for !strings.HasPrefix(b.pkg, root) {
			root = root[:strings.LastIndexByte(strings.TrimSuffix(root, "/"), '/')+1]
		}
	}
	return root
}
