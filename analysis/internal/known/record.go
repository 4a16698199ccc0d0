package known

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/results"
)

// The files of a folder of records.
const (
	answersFile   = "answers.jsonl"
	speedFile     = "speed.json"
	simulatedFile = "simulated.json" // the tests of explain write it
)

// Part is the part of the page that has the figures.
const Part = "explain"

// Speed is how long it took to explain a bundle of a known size.
type Speed struct {
	Trials  int     `json:"trials"`  // profiled ones of the bundle
	Bytes   int     `json:"bytes"`   // of the profiles of a trial
	Seconds float64 `json:"seconds"` // to explain the bundle
	CPUs    int     `json:"cpus"`    // that the command could use
}

// Write replaces the time of a folder.
func (s Speed) Write(dir string) error {
	data, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("write %s: %w", speedFile, err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write %s: %w", speedFile, err)
	}
	return results.WriteFile(filepath.Join(dir, speedFile), append(data, '\n'))
}

// Simulated is what a simulation found, with profiles that are made of random numbers.
type Simulated struct {
	Same    int `json:"same"`    // comparisons of equal builds
	False   int `json:"false"`   // of them, those in which something is said to have grown
	Slower  int `json:"slower"`  // comparisons with a known slowdown
	Found   int `json:"found"`   // of the slower ones, those with the right function named first
	Covered int `json:"covered"` // of the slower ones, those with an interval that has the truth
}

// Records are what a folder holds.
type Records struct {
	Answers   []Answer   // in the order of the file
	Speed     *Speed     // nil: it was not measured
	Simulated *Simulated // nil: nothing was simulated
}

// Read reads a folder of records. One that is empty or missing has none.
func Read(dir string) (*Records, error) {
	r := &Records{}
	path := filepath.Join(dir, answersFile)
	data, err := results.ReadRegular(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read answers: %w", err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
		if line == "" {
			continue
		}
		var a Answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			return nil, fmt.Errorf("%s:%d: not an answer: %w", path, i+1, err)
		}
		if !slices.ContainsFunc(Kinds, func(k Kind) bool { return k.Name == a.Kind && k.Head == a.Head }) {
			return nil, fmt.Errorf("%s:%d: no slowdown is called %q with head %q: make the records anew with --record", path, i+1, a.Kind, a.Head)
		}
		r.Answers = append(r.Answers, a)
	}
	if r.Speed, err = object[Speed](filepath.Join(dir, speedFile)); err != nil {
		return nil, err
	}
	r.Simulated, err = object[Simulated](filepath.Join(dir, simulatedFile))
	return r, err
}

// object reads a file with a JSON object. It returns nil if there is no such file.
func object[T any](path string) (*T, error) {
	data, err := results.ReadRegular(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("read records: %w", err)
	}
	into := new(T)
	if err := json.Unmarshal(data, into); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return into, nil
}

// Record asks explain about all complete rounds in a folder, and replaces the answers of
// another one. It calls say with each round.
func Record(runs, dir string, say func(round string, answers []Answer)) error {
	rounds, err := filepath.Glob(filepath.Join(runs, "round-[0-9][0-9]"))
	if err != nil {
		return err
	}
	if len(rounds) == 0 {
		return fmt.Errorf("%s has no complete round: `assay bench-explain` makes them", runs)
	}
	slices.Sort(rounds)
	var out bytes.Buffer
	for _, path := range rounds {
		run, err := load.OpenRun(path)
		if err != nil {
			return err
		}
		answers, err := Ask(run, filepath.Base(path))
		if err != nil {
			return err
		}
		for _, a := range answers {
			line, err := json.Marshal(a)
			if err != nil {
				return fmt.Errorf("write answers: %w", err)
			}
			out.Write(append(line, '\n'))
		}
		say(filepath.Base(path), answers)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("write answers: %w", err)
	}
	return results.WriteFile(filepath.Join(dir, answersFile), out.Bytes())
}
