package knownanswer

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/assay-bench/assay/results"
)

// newest is the content of the file that holds the latest result, and what the
// result is valid for.
type newest struct {
	Machine string              `json:"machine"`
	Build   string              `json:"build"` // SHA-256 of the executable
	Answer  results.KnownAnswer `json:"known_answer"`
}

// Save stores the results as the latest ones for this machine and build.
func Save(h results.Host, made time.Time, all []*Result) error {
	path, err := newestPath()
	if err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	n := newest{Machine: machine(h), Answer: results.KnownAnswer{Made: made.UTC().Truncate(time.Second)}}
	if n.Build, err = build(); err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	for _, r := range all {
		n.Answer.Tests = append(n.Answer.Tests, r.summary())
	}
	text, err := json.MarshalIndent(n, "", "  ")
	if err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	// A reader sees either the old file or the new one.
	part := fmt.Sprintf("%s.%d", path, os.Getpid())
	if err := os.WriteFile(part, append(text, '\n'), 0o644); err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	if err := os.Rename(part, path); err != nil {
		return fmt.Errorf("keep the known-answer result: %w", err)
	}
	return nil
}

// Newest returns the latest result for this machine and build. It returns nil if
// there is none, or if it cannot be read.
func Newest(h results.Host) *results.KnownAnswer {
	path, err := newestPath()
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil
	}
	var n newest
	if err := json.Unmarshal(text, &n); err != nil {
		return nil
	}
	if b, err := build(); err != nil || n.Build != b || n.Machine != machine(h) {
		return nil
	}
	return &n.Answer
}

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
