package effect

import (
	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
)

// Result is a finished comparison.
type Result struct {
	Rows     []Row     // by configuration, unit, column and name
	Geomeans []Geomean // by configuration, unit and column
	Paired   bool      // by the blocks that both sides have
	Problems []error   // parts that could not be read and were left out
	Notes    []string  // remarks on the inputs as a whole
}

// Run compares the columns of one input, or two inputs with each other. Its errors
// are those of [compare.Collect].
func Run(sources []load.Source, o compare.Options) (*Result, error) {
	t, err := compare.Collect(sources, o)
	if err != nil {
		return nil, err
	}
	return Judge(t), nil
}

// Judge computes effects, tests and verdicts of the rows of a table, with p-values
// adjusted for all of them together.
func Judge(t *compare.Table) *Result {
	res := &Result{Paired: t.Paired, Problems: t.Problems, Notes: t.Notes, Rows: make([]Row, len(t.Rows))}
	rows := make([]*Row, len(t.Rows))
	for i := range t.Rows {
		res.Rows[i] = newRow(t.Rows[i])
		rows[i] = &res.Rows[i]
	}
	Adjust(rows)
	// The rows of one table follow each other, and each table has a mean of its own.
	for first := 0; first < len(rows); {
		last := first
		for last < len(rows) && res.Rows[last].sameTable(res.Rows[first]) {
			last++
		}
		res.Geomeans = append(res.Geomeans, geomean(res.Rows[first:last]))
		first = last
	}
	return res
}
