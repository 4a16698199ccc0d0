package synthetic

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// benchstatFile is the file of a Benchstat in a folder.
const benchstatFile = "benchstat.json"

// Benchstat says in how many cells `assay compare` prints what benchstat prints about the
// same two files: medians, intervals, differences, p-values and geometric means.
type Benchstat struct {
	Version string `json:"version"` // of golang.org/x/perf
	Pairs   int    `json:"pairs"`   // of files
	Cells   int    `json:"cells"`   // that either of the two prints
	Equal   int    `json:"equal"`   // as text
	// Wrong are the cells in which benchstat is wrong. Together with the equal ones they
	// are all cells, unless compare is wrong.
	Wrong []BenchstatCell `json:"wrong"`
}

// BenchstatCell is a cell in which benchstat is wrong.
type BenchstatCell struct {
	Cell      string `json:"cell"`
	Benchstat string `json:"benchstat"` // what benchstat prints
	Exact     string `json:"exact"`     // what is right, and what compare prints
}

// ReadBenchstat reads the comparison with benchstat of a folder. A folder that has none
// is no error, and gives one without cells.
func ReadBenchstat(dir string) (Benchstat, error) {
	var b Benchstat
	path := filepath.Join(dir, benchstatFile)
	data, err := results.ReadRegular(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return b, nil
	case err != nil:
		return b, fmt.Errorf("read the comparison with benchstat: %w", err)
	}
	if err := json.Unmarshal(data, &b); err != nil {
		return b, fmt.Errorf("%s: %w", path, err)
	}
	if b.Cells <= 0 || b.Equal < 0 || b.Equal+len(b.Wrong) > b.Cells {
		return b, fmt.Errorf("%s: %d equal and %d wrong of %d cells", path, b.Equal, len(b.Wrong), b.Cells)
	}
	return b, nil
}

// Write replaces the comparison with benchstat in a folder, which it makes if need be.
func (b Benchstat) Write(dir string) error {
	data, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return fmt.Errorf("write the comparison with benchstat: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write the comparison with benchstat: %w", err)
	}
	return results.WriteFile(filepath.Join(dir, benchstatFile), append(data, '\n'))
}

// Markdown writes a sentence about the cells and a table of those in which benchstat is
// wrong, or nothing if there are no cells.
func (b Benchstat) Markdown() string {
	if b.Cells == 0 {
		return ""
	}
	var out bytes.Buffer
	fmt.Fprintf(&out, "**Against benchstat** (golang.org/x/perf %s) on the same %d pairs of files: of %d medians, intervals, differences, p-values and geometric means, "+
		"`assay compare` gives %d as benchstat does, to the last digit.", b.Version, b.Pairs, b.Cells, b.Equal)
	if other := b.Cells - b.Equal - len(b.Wrong); other > 0 {
		fmt.Fprintf(&out, " In %d cells, `assay compare` is wrong.", other)
	}
	if len(b.Wrong) == 0 {
		return out.String() + "\n\n"
	}
	fmt.Fprintf(&out, " In %d, benchstat is wrong: values tie, and the two files have different numbers of them.\n\n", len(b.Wrong))
	t := table.Table{Head: []string{"cell", "benchstat", "exact, and compare"}, Left: map[int]bool{1: true, 2: true}}
	for _, c := range b.Wrong {
		t.Add("`"+c.Cell+"`", "`"+c.Benchstat+"`", "`"+c.Exact+"`")
	}
	write(&out, &t)
	out.WriteString("\n")
	return out.String()
}
