package synthetic

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// situationsFile is the file of situations in a folder.
const situationsFile = "situations.jsonl"

// Situation is a way in which a build is clearly worse, or in which nobody knows whether
// it works, and how often the gate said so: a line of situations.jsonl. Its checks are
// bundles, with trials, marks and Go benchmarks, and so more than a rule is asked: all
// that the command does, from the files to the exit status.
type Situation struct {
	// Name and Blocks, the planned blocks of each check, identify a situation.
	Name   string `json:"situation"`
	Blocks int    `json:"blocks"`
	// Rule is [Rule] at the time when the checks were judged.
	Rule string `json:"rule"`
	Want string `json:"want"` // the verdict that is asked for
	// Checks is how many checks were made.
	Checks int `json:"checks"`
	Said   int `json:"said"`   // how many got it, with the row or the reason named
	Passed int `json:"passed"` // how many passed
	// First is how many got the verdict from the program of the first version, of
	// FirstChecks that it could read.
	First       int `json:"first"`
	FirstChecks int `json:"first_checks"`
}

// Situations are all situations of a folder, in their order.
type Situations []Situation

// ReadSituations reads the situations of a folder. A folder that has none is no error.
func ReadSituations(dir string) (Situations, error) {
	var all Situations
	err := eachLine(filepath.Join(dir, situationsFile), func(line []byte) error {
		var s Situation
		if err := json.Unmarshal(line, &s); err != nil {
			return err
		}
		if s.Checks <= 0 || s.Said < 0 || s.Said > s.Checks || s.Passed < 0 || s.Passed > s.Checks || s.First < 0 || s.First > s.FirstChecks {
			return fmt.Errorf("%q: %d of %d checks", s.Name, s.Said, s.Checks)
		}
		all = append(all, s)
		return nil
	})
	return all, err
}

// Find returns the place of a situation, which is made if there is none, and emptied if
// another rule judged its checks.
func (ss *Situations) Find(name string, blocks int, want string) *Situation {
	present := Rule()
	for i := range *ss {
		if s := &(*ss)[i]; s.Name == name && s.Blocks == blocks {
			if s.Rule != present || s.Want != want {
				*s = Situation{Name: name, Blocks: blocks, Rule: present, Want: want}
			}
			return s
		}
	}
	*ss = append(*ss, Situation{Name: name, Blocks: blocks, Rule: present, Want: want})
	return &(*ss)[len(*ss)-1]
}

// Write replaces the situations of a folder, which it makes if need be. Those without a
// check are left out.
func (ss Situations) Write(dir string) error {
	var out bytes.Buffer
	for _, s := range ss {
		if s.Checks == 0 {
			continue
		}
		line, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("write situations: %w", err)
		}
		out.Write(append(line, '\n'))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write situations: %w", err)
	}
	return results.WriteFile(filepath.Join(dir, situationsFile), out.Bytes())
}

// Markdown writes a table of the situations, or nothing if there are none.
func (ss Situations) Markdown() string {
	if len(ss) == 0 {
		return ""
	}
	var b bytes.Buffer
	b.WriteString("**Situations** in which a clearly worse build once passed or stayed inconclusive, from the bundle to the exit status. Every check has noise of its own. " +
		"The last column says how many of the same bundles get that verdict from the program of the first version.\n\n")
	t := table.Table{Head: []string{"situation", "asked", "blocks", "got it", "passed", "first version"}, Left: map[int]bool{1: true}}
	for _, s := range ss {
		first := "–"
		if s.FirstChecks > 0 {
			first = fmt.Sprintf("%d of %d", s.First, s.FirstChecks)
		}
		t.Add(s.Name, s.Want, strconv.Itoa(s.Blocks), fmt.Sprintf("%d of %d: %s", s.Said, s.Checks, rate(s.Said, s.Checks).Percent()), strconv.Itoa(s.Passed), first)
	}
	write(&b, &t)
	b.WriteString("\n")
	return b.String()
}
