package trend

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// Check is the verdict of one check.
type Check struct {
	Label string        // the file's name without .json; checks are in the order given
	Rows  []verdict.Row // those that its verdict rests on
}

// Read reads the verdict in a file.
func Read(file string) (Check, error) {
	f, err := verdict.Read(file)
	return Check{strings.TrimSuffix(filepath.Base(file), ".json"), f.Rows}, err
}

// Files lists the verdict files that paths name. A path to a file stands for itself. A
// path to a folder stands for the *.json files in it, in the order of their names, which
// should therefore begin with the time.
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
