// Package verdict reads the file that `analysis gate --json` writes, for what is
// done with verdicts afterwards. It knows what those need and no more, passes no
// judgement and computes nothing.
package verdict

import (
	"encoding/json"
	"fmt"
	"os"
)

// Verdicts.
const (
	Pass         = "pass"
	Regression   = "regression"
	Inconclusive = "inconclusive"
)

// File is what a check found.
type File struct {
	Verdict string   `json:"verdict"`
	Reasons []string `json:"reasons"` // a sentence each
	Rows    []Row    `json:"rows"`
}

// Row is the effect of head against base on one unit of one benchmark. Effects
// that could not be computed are nil.
type Row struct {
	Name   string   `json:"name"`
	Unit   string   `json:"unit"`
	Better string   `json:"better"` // lower, higher or empty
	Effect string   `json:"effect"` // "difference" of shares, else a ratio
	Center *float64 `json:"ratio"`
	Low    *float64 `json:"ratio_low"`
	High   *float64 `json:"ratio_high"`
}

// Difference reports whether the row's effect is head − base, not head / base.
func (r Row) Difference() bool { return r.Effect == "difference" }

// Read reads a verdict. A file that holds something else is an error.
func Read(file string) (File, error) {
	var f File
	data, err := os.ReadFile(file)
	if err != nil {
		return f, err
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("%s: no verdict of `analysis gate --json`: %w", file, err)
	}
	switch f.Verdict {
	case Pass, Regression, Inconclusive:
		return f, nil
	}
	return f, fmt.Errorf("%s: no verdict of `analysis gate --json`: its \"verdict\" is %q", file, f.Verdict)
}
