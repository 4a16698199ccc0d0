package rates

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path/filepath"

	"github.com/assay-bench/assay/results"
)

// Files of a folder of recordings.
const (
	checksFile  = "checks.jsonl"
	machineFile = "machine.json"
)

// Kinds of checks.
const (
	KindAA   = "aa"
	KindSlow = "slow"
	KindLoad = "load"
)

// Machine is the machine on which the recordings were made, and the commit that they
// measure.
type Machine struct {
	// Commit is the full name of the commit, and Host is what a manifest records.
	Commit string       `json:"commit"`
	Host   results.Host `json:"host"`
}

// Check is one complete check: a line of checks.jsonl.
type Check struct {
	Name    string  `json:"check"`   // "aa-01"
	Kind    string  `json:"kind"`    // one of the kinds above
	Exit    int     `json:"exit"`    // of the check: 0 pass, 1 regression, 3 inconclusive
	Seconds float64 `json:"seconds"` // the whole check, builds included
	Base    string  `json:"base"`    // commits
	Head    string  `json:"head"`    // as Base
	Planned int     `json:"planned"` // blocks, after the last look
	Void    int     `json:"void"`    // trials that were voided
	Rows    []Row   `json:"rows"`    // primary ones, each with its values by block
	// Missing are the scenarios in which the A/A control was lost.
	Missing []string `json:"missing,omitempty"`
	// Doubts are why the check could not pass, whatever its rows said.
	Doubts []string `json:"doubts,omitempty"`
	// Loaded are the trials that were voided because of other programs, an entry for
	// each stream.
	Loaded []Trial `json:"loaded,omitempty"`
}

// Row is one metric of one benchmark, with the values that the gate judged.
type Row struct {
	Name   string   `json:"name"`             // of the benchmark, as the gate has it
	Config string   `json:"config,omitempty"` // of the file, as the gate has it
	Unit   string   `json:"unit"`             // as in bench.txt
	Family string   `json:"family"`           // of the rows that share a level
	Better string   `json:"better"`           // "lower" or "higher"
	Share  bool     `json:"share,omitempty"`  // the metric is a share, and its margin a difference and no ratio
	Margin float64  `json:"margin"`           // as a ratio, 0.05 is 5 %
	Blocks []int    `json:"blocks"`           // numbers of the blocks that the values are from
	Base   Values   `json:"base"`             // one value for each block, in base units
	Again  Values   `json:"again,omitempty"`  // the A/A control, where there is one
	Head   Values   `json:"head"`             // as Base
	Marks  []string `json:"marks,omitempty"`  // reasons for which the gate does not judge the row
	Doubts []string `json:"doubts,omitempty"` // reasons for which the row may not pass
	// Marks and doubts of the A/A control. Older recordings do not have them.
	AgainMarks  []string `json:"again_marks,omitempty"`
	AgainDoubts []string `json:"again_doubts,omitempty"`
}

// Trial is a trial that was voided because of a foreign program. It shows what such a
// program does to a measurement. Values are by row.
type Trial struct {
	Name   string             `json:"name"` // of the benchmark, without its variant
	Values map[string]float64 `json:"values"`
}

// Values are numbers that JSON can hold: a missing value (NaN) is null, and a value beyond
// the time-out (+Inf) is "inf".
type Values []float64

// MarshalJSON writes the numbers as [Values] says.
func (v Values) MarshalJSON() ([]byte, error) {
	all := make([]any, len(v))
	for i, x := range v {
		switch {
		case math.IsInf(x, 1):
			all[i] = "inf"
		case !math.IsNaN(x):
			all[i] = x
		}
	}
	return json.Marshal(all)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (v *Values) UnmarshalJSON(data []byte) error {
	var all []any
	if err := json.Unmarshal(data, &all); err != nil {
		return err
	}
	*v = make(Values, len(all))
	for i, x := range all {
		switch x := x.(type) {
		case nil:
			(*v)[i] = math.NaN()
		case float64:
			(*v)[i] = x
		case string:
			if x != "inf" {
				return fmt.Errorf("value %d is %q: want a number, null or \"inf\"", i+1, x)
			}
			(*v)[i] = math.Inf(1)
		default:
			return fmt.Errorf("value %d is no number", i+1)
		}
	}
	return nil
}

// Recordings are a folder of recorded checks.
type Recordings struct {
	// Machine is where all of the checks were made.
	Machine Machine
	Checks  []Check // by kind and number
}

// ErrNone is returned for a folder without recordings.
var ErrNone = errors.New("no recorded checks")

// Read reads a folder of recordings.
func Read(dir string) (Recordings, error) {
	var rec Recordings
	data, err := results.ReadRegular(filepath.Join(dir, machineFile))
	if errors.Is(err, fs.ErrNotExist) {
		return rec, fmt.Errorf("%s: %w: make bench-gate makes them", dir, ErrNone)
	}
	if err != nil {
		return rec, fmt.Errorf("read recordings: %w", err)
	}
	if err := json.Unmarshal(data, &rec.Machine); err != nil {
		return rec, fmt.Errorf("%s: %w", filepath.Join(dir, machineFile), err)
	}
	path := filepath.Join(dir, checksFile)
	data, err = results.ReadRegular(path)
	if err != nil {
		return rec, fmt.Errorf("read recordings: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, len(data)+1)
	for n := 1; lines.Scan(); n++ {
		var c Check
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return rec, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		if err := c.valid(); err != nil {
			return rec, fmt.Errorf("%s:%d: %w", path, n, err)
		}
		rec.Checks = append(rec.Checks, c)
	}
	return rec, lines.Err()
}

// valid checks that the check has the form on which the computations rely.
func (c Check) valid() error {
	if c.Kind != KindAA && c.Kind != KindSlow && c.Kind != KindLoad {
		return fmt.Errorf("unknown kind of check %q", c.Kind)
	}
	if c.Kind != KindSlow && c.Head != c.Base {
		return fmt.Errorf("check %s: nothing changed in a check of this kind, and head is %s, not %s", c.Name, c.Head, c.Base)
	}
	if _, ok := verdicts[c.Exit]; !ok {
		return fmt.Errorf("check %s: exit status %d is no verdict", c.Name, c.Exit)
	}
	for _, r := range c.Rows {
		n := len(r.Blocks)
		if len(r.Base) != n || len(r.Head) != n || len(r.Again) != 0 && len(r.Again) != n {
			return fmt.Errorf("%s %s: %d blocks, and %d, %d and %d values", r.Name, r.Unit, n, len(r.Base), len(r.Again), len(r.Head))
		}
	}
	return nil
}

// Write replaces the recordings of a folder.
func (rec Recordings) Write(dir string) error {
	machine, err := json.MarshalIndent(rec.Machine, "", "  ")
	if err != nil {
		return fmt.Errorf("write recordings: %w", err)
	}
	var lines bytes.Buffer
	for _, c := range rec.Checks {
		line, err := json.Marshal(c)
		if err != nil {
			return fmt.Errorf("write recordings: %s: %w", c.Name, err)
		}
		lines.Write(append(line, '\n'))
	}
	if err := results.WriteFile(filepath.Join(dir, checksFile), lines.Bytes()); err != nil {
		return err
	}
	return results.WriteFile(filepath.Join(dir, machineFile), append(machine, '\n'))
}
