package benchbisect

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aclements/go-moremath/mathx"

	"github.com/assay-bench/assay/results"
)

// Kinds of searches.
const (
	byBenchmarks = "Go benchmarks"
	byScenario   = "a short HTTP scenario"
	calm         = "simulated, CV 3 %"
	noisy        = "simulated, CV 5 %"
)

var kinds = []string{byBenchmarks, byScenario, calm, noisy}

// usualChecks is how many checks a history takes if each tells: four halve it, and one is
// of the answer.
const usualChecks = 5

// recordsFile is in the folder of the records.
const recordsFile = "searches.jsonl"

// record is one finished search.
type record struct {
	Kind    string `json:"kind"`
	Number  int    `json:"number"` // from 1; the repository and all that is drawn follow from it
	Outcome string `json:"outcome"`
	Right   bool   `json:"right"` // what was named, or narrowed down, has the slow commit
	Checks  int    `json:"checks"`
}

// records are all finished searches of a folder.
type records struct {
	dir string
	all []record
}

// readRecords reads the records of a folder; there are none if it has no file. The error
// names the line that is wrong.
func readRecords(dir string) (*records, error) {
	r := &records{dir: dir}
	text, err := results.ReadRegular(filepath.Join(dir, recordsFile))
	if errors.Is(err, os.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for n := 1; lines.Scan(); n++ {
		var one record
		if err := json.Unmarshal(lines.Bytes(), &one); err != nil {
			return nil, fmt.Errorf("%s:%d: want a search as JSON: %w", filepath.Join(dir, recordsFile), n, err)
		}
		r.all = append(r.all, one)
	}
	return r, lines.Err()
}

// has reports whether a search is finished.
func (r *records) has(kind string, number int) bool {
	for _, one := range r.all {
		if one.Kind == kind && one.Number == number {
			return true
		}
	}
	return false
}

// add keeps a finished search at once. The whole file is replaced, so that a crash
// leaves the old or the new one.
func (r *records) add(one record) error {
	r.all = append(r.all, one)
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	for _, one := range r.all {
		if err := e.Encode(one); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return err
	}
	return results.WriteFile(filepath.Join(r.dir, recordsFile), text.Bytes())
}

// markdown is the table of all kinds that there are. A kind without searches has a row
// of dashes.
func (r *records) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Histories of %d commits of which one is 10 %% slower, with 95 %% intervals of Clopper and Pearson in per cent.\n\n", commits)
	fmt.Fprintf(&b, "| searched by | searches | found | a wrong commit named | narrowed or not told | checks on average | more than %d | at most |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n", usualChecks)
	for _, kind := range kinds {
		n, found, wrong, most, sum, more := 0, 0, 0, 0, 0, 0
		for _, one := range r.all {
			if one.Kind != kind {
				continue
			}
			n++
			sum += one.Checks
			if one.Checks > usualChecks {
				more++
			}
			most = max(most, one.Checks)
			switch named := one.Outcome == "found"; {
			case named && one.Right:
				found++
			case named:
				wrong++
			}
		}
		if n == 0 {
			fmt.Fprintf(&b, "| %s | 0 | – | – | – | – | – | – |\n", kind)
			continue
		}
		fmt.Fprintf(&b, "| %s | %d | %s | %s | %d | %.1f | %d | %d |\n", kind, n, share(found, n), share(wrong, n), n-found-wrong, float64(sum)/float64(n), more, most)
	}
	return b.String()
}

// share is a number of hits with the interval of their rate, in per cent.
func share(hits, of int) string {
	low, high := interval(hits, of)
	return fmt.Sprintf("%d [%.1f, %.1f]", hits, 100*low, 100*high)
}

// interval is the two-sided 95 % interval of Clopper and Pearson (1934) for a share of
// hits: the shares that an exact binomial test at 2.5 % on either side does not refuse.
func interval(hits, of int) (low, high float64) {
	const tail = 0.025
	low, high = 0, 1
	k, n := float64(hits), float64(of)
	// P(X ≥ k) = I_p(k, n−k+1), and P(X ≤ k) = 1 − I_p(k+1, n−k).
	if hits > 0 {
		low = highest(func(p float64) bool { return mathx.BetaInc(p, k, n-k+1) < tail })
	}
	if hits < of {
		high = highest(func(p float64) bool { return mathx.BetaInc(p, k+1, n-k) < 1-tail })
	}
	return low, high
}

// highest is the share up to which a condition holds, which holds for all below it.
func highest(below func(p float64) bool) float64 {
	low, high := 0.0, 1.0
	for range 60 {
		if p := (low + high) / 2; below(p) {
			low = p
		} else {
			high = p
		}
	}
	return low
}
