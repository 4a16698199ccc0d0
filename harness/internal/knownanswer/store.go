package knownanswer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/results"
)

// newest is the content of the file that holds the latest result, and what the
// result is valid for.
type newest struct {
	Machine string              `json:"machine"`      // facts by which machines are told apart
	Build   string              `json:"build"`        // SHA-256 of the executable
	Answer  results.KnownAnswer `json:"known_answer"` // what bundles get
	// Rate is the highest open rate that the generator held; 0 if none was.
	Rate float64 `json:"highest_rate_per_second"`
}

// Save stores the results, and the highest open rate that the generator held, as the
// latest ones for this machine and build.
func Save(h results.Host, made time.Time, all []*Result, rate float64) error {
	path, err := newestPath()
	if err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	n := newest{Machine: machine(h), Rate: rate, Answer: results.KnownAnswer{Made: made.UTC().Truncate(time.Second)}}
	if n.Build, err = build(); err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	for _, r := range all {
		n.Answer.Tests = append(n.Answer.Tests, r.summary())
	}
	stored, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	if err := results.WriteFile(path, append(stored, '\n')); err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	return nil
}

// Newest returns the latest result for this machine and build. It returns nil if
// there is none, or if it cannot be read.
func Newest(h results.Host) *results.KnownAnswer {
	n := load(h)
	if n == nil {
		return nil
	}
	return &n.Answer
}

// BeyondHeld says that a rate, in requests per second, is higher than the highest one
// that the latest examination found the generator to hold on this machine. It is empty
// if the rate is not higher, or if nothing is known for this machine and build.
func BeyondHeld(h results.Host, rate float64) string {
	n := load(h)
	if n == nil || n.Rate == 0 || rate <= n.Rate {
		return ""
	}
	return fmt.Sprintf("%s/s is more than the %s/s that `assay doctor` saw the generator hold here: expect it to be the limit, or lower the rate",
		text.Thousands(rate), text.Thousands(n.Rate))
}

// load returns what was stored for this machine and build, or nil.
func load(h results.Host) *newest {
	path, err := newestPath()
	if err != nil {
		return nil
	}
	stored, err := results.ReadRegular(path)
	if err != nil {
		return nil
	}
	n := new(newest)
	if err := json.Unmarshal(stored, n); err != nil {
		return nil
	}
	if b, err := build(); err != nil || n.Build != b || n.Machine != machine(h) {
		return nil
	}
	return n
}

// newestPath is a file in the user's cache.
func newestPath() (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "assay", "known-answer.json"), nil
}

// machine identifies the machine, its kernel and what its idle CPUs do.
func machine(h results.Host) string {
	name, err := os.Hostname()
	if err != nil {
		name = "unknown"
	}
	return strings.Join([]string{name, h.OS, h.Arch, h.Kernel, h.CPUModel, fmt.Sprint(len(h.CPUs)), "CPUs", h.IdleCPUs}, " ")
}

// build identifies this program: a result says nothing about another build.
func build() (string, error) {
	exe, err := os.Executable()
	if err != nil {
		return "", err
	}
	return results.Hash(exe)
}

// summary returns the result in the form of a bundle. Percentiles below shortWait
// have no relative error, because they are judged by their difference.
func (r *Result) summary() results.KnownAnswerShape {
	s := results.KnownAnswerShape{Name: r.Name, OK: r.OK, Detail: strings.Join(r.Faults, "; ")}
	if len(r.First) > 0 {
		s.Detail = strings.TrimSuffix("middle of three tries; first: "+strings.Join(r.First, "; ")+"; this: "+s.Detail, "; this: ")
	}
	for _, q := range r.Quantiles {
		if q.Reported == nil || q.Stamped == nil || *q.Stamped < shortWait.Seconds() {
			continue
		}
		s.Quantile = append(s.Quantile, results.KnownAnswerFigures{
			Name: q.Name, Truth: *q.Stamped, Reported: *q.Reported, Error: q.StampedError,
		})
	}
	return s
}
