package synthetic

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/assay-bench/assay/results"
)

// Record is what was found in the checks of one cell: a line of simulated.jsonl.
type Record struct {
	Cell string `json:"cell"` // name of the cell
	Rule string `json:"rule"` // that judged them
	// Checks is how many checks were made, and Now counts the verdicts of Rule on them.
	Checks int   `json:"checks"`
	Now    Tally `json:"now"`
	First  Tally `json:"first"` // by the first version's rule
}

// Records are the records of a file, by the name of the cell.
type Records map[string]Record

// file is the file of records in a folder.
const file = "simulated.jsonl"

// Read reads the records in a folder. A folder that has none is no error.
func Read(dir string) (Records, error) {
	all := Records{}
	err := eachLine(filepath.Join(dir, file), func(line []byte) error {
		var r Record
		if err := json.Unmarshal(line, &r); err != nil {
			return err
		}
		for _, t := range []Tally{r.Now, r.First} {
			if r.Checks <= 0 || t.Pass < 0 || t.Regression < 0 || t.Pass+t.Regression > r.Checks {
				return fmt.Errorf("%d checks, of which %d passed and %d were regressions", r.Checks, t.Pass, t.Regression)
			}
		}
		all[r.Cell] = r
		return nil
	})
	return all, err
}

// eachLine hands out the lines of a file. A file that is not there has none.
func eachLine(path string, do func(line []byte) error) error {
	data, err := results.ReadRegular(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("read simulated checks: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		if err := do(lines.Bytes()); err != nil {
			return fmt.Errorf("%s:%d: %w", path, n, err)
		}
	}
	return lines.Err()
}

// Write replaces the records in a folder, which it makes if need be. Lines are in the order of the cells, and records of
// cells that there are no more are left out.
func (rs Records) Write(dir string) error {
	var out bytes.Buffer
	for _, c := range Cells() {
		r, ok := rs[c.Name()]
		if !ok {
			continue
		}
		line, err := json.Marshal(r)
		if err != nil {
			return fmt.Errorf("write simulated checks: %w", err)
		}
		out.Write(append(line, '\n'))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write simulated checks: %w", err)
	}
	return results.WriteFile(filepath.Join(dir, file), out.Bytes())
}
