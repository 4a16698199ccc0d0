package trend

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Check is what one check found.
type Check struct {
	Label string // the file's name without .json; checks are in the order given
	Rows  []Row
}

// Row is one row of a verdict, as `analysis gate --json` writes it.
type Row struct {
	Name   string   `json:"name"`
	Unit   string   `json:"unit"`
	Better string   `json:"better"` // lower, higher or empty
	Effect string   `json:"effect"` // difference: head − base; else head / base
	Ratio  *float64 `json:"ratio"`  // the effect; nil if there is none
}

// verdict is the part of a verdict that says that the file is one.
type verdict struct {
	Verdict string `json:"verdict"`
	Rows    []Row  `json:"rows"`
}

// Read reads one verdict.
func Read(file string) (Check, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return Check{}, err
	}
	var v verdict
	if err := json.Unmarshal(data, &v); err != nil {
		return Check{}, fmt.Errorf("%s: no verdict of `analysis gate --json`: %w", file, err)
	}
	if v.Verdict == "" {
		return Check{}, fmt.Errorf("%s: no verdict of `analysis gate --json`: it has no \"verdict\"", file)
	}
	return Check{strings.TrimSuffix(filepath.Base(file), ".json"), v.Rows}, nil
}

// Files are the verdicts that paths name: files as they are, and the *.json files
// of folders by name, which should therefore begin with the time.
func Files(paths []string) ([]string, error) {
	var files []string
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			files = append(files, p)
			continue
		}
		entries, err := os.ReadDir(p) // sorted by name
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.IsDir() && filepath.Ext(e.Name()) == ".json" {
				files = append(files, filepath.Join(p, e.Name()))
			}
		}
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no *.json there; a trend needs the verdicts of earlier checks", strings.Join(paths, ", "))
	}
	return files, nil
}
