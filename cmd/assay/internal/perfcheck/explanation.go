package perfcheck

import (
	"bufio"
	"cmp"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/results"
)

// mostCauses is how many causes a verdict carries.
const mostCauses = 3

// explanation is what a verdict carries of why head is slower.
type explanation struct {
	Head    string `json:"head"`              // full name of the commit
	Missing string `json:"missing,omitempty"` // why there is no explanation
	// Blocks is how many blocks have profiles of both commits: the most of any scenario.
	Blocks  int    `json:"profiled_blocks"`
	Summary string `json:"summary,omitempty"` // of the first scenario with one, in the order of digest
	// Causes are what explains most, the best first, and Endpoint is the target that grew
	// most, or nil.
	Causes   []cause   `json:"causes"`
	Endpoint *endpoint `json:"endpoint"`
}

// cause is a cause of `assay explain --json`, with the place in head that it leads to.
type cause struct {
	// Scenario is filled in by digest. Kind to PAdjusted are those of the Cause of
	// explain: what grew for one answer, in Unit, by Difference, whose confidence
	// interval is Low to High (nil: not known).
	Scenario   string   `json:"scenario"`
	Kind       string   `json:"kind"`
	Name       string   `json:"name"`
	What       string   `json:"what"`
	Unit       string   `json:"unit"`
	Difference float64  `json:"difference"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	PAdjusted  *float64 `json:"p_adjusted"`
	Source     string   `json:"source,omitempty"` // as the profile names it
	// Callers call the function, from the nearest one, and CallerSources are where they do.
	Callers       []string `json:"callers,omitempty"`
	CallerSources []string `json:"caller_sources,omitempty"`
	// File and Line are a place in head's repository, with slashes: that of the function.
	// If the function is not there, as those of libraries are not, it is the place at which
	// the nearest caller of the repository calls, and Caller is this caller.
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Caller string `json:"caller,omitempty"`
}

// place finds the file and the line of head that a cause leads to.
func (c *cause) place(in *sources) {
	if c.File, c.Line = in.locate(c.Source); c.File != "" {
		return
	}
	for i, source := range c.CallerSources[:min(len(c.CallerSources), len(c.Callers))] {
		if file, line := in.locate(source); file != "" {
			c.File, c.Line, c.Caller = file, line, c.Callers[i]
			return
		}
	}
}

// endpoint is a target whose service time grew.
type endpoint struct {
	// Scenario is filled in by digest. Base, Head and Difference are mean service times
	// in seconds, Low to High is the confidence interval of Difference, and PAdjusted
	// its p-value after adjustment for all endpoints.
	Scenario   string   `json:"scenario"`
	Name       string   `json:"name"`
	Base       float64  `json:"base"`
	Head       float64  `json:"head"`
	Difference float64  `json:"difference"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	PAdjusted  *float64 `json:"p_adjusted"`
}

// report is what is read of `assay explain --json`.
type report struct {
	Sections []section `json:"sections"`
}

// section is the answer for one scenario.
type section struct {
	Scenario string    `json:"scenario"`
	Blocks   int       `json:"profiled_blocks"`
	Summary  string    `json:"summary"`
	Causes   []cause   `json:"causes"`
	Endpoint *endpoint `json:"endpoint"`
}

// digest chooses what a verdict carries: first what the scenarios say that regressed,
// then what the others say. Several scenarios may name the same function, which counts
// once for each kind of cause.
func (r *report) digest(regressed []string, in *sources) explanation {
	worse := func(scenario string) int {
		if slices.Contains(regressed, scenario) {
			return 0
		}
		return 1
	}
	sections := slices.Clone(r.Sections)
	slices.SortStableFunc(sections, func(a, b section) int {
		return cmp.Or(cmp.Compare(worse(a.Scenario), worse(b.Scenario)), cmp.Compare(min(len(b.Causes), 1), min(len(a.Causes), 1)))
	})
	said := explanation{Causes: []cause{}}
	for _, s := range sections {
		said.Blocks = max(said.Blocks, s.Blocks)
		said.Summary = cmp.Or(said.Summary, s.Summary)
		for _, c := range s.Causes {
			if len(said.Causes) < mostCauses && !slices.ContainsFunc(said.Causes, func(o cause) bool { return o.Name == c.Name && o.Kind == c.Kind }) {
				c.Scenario = s.Scenario
				c.place(in)
				said.Causes = append(said.Causes, c)
			}
		}
		if said.Endpoint == nil && s.Endpoint != nil {
			said.Endpoint = s.Endpoint
			said.Endpoint.Scenario = s.Scenario
		}
	}
	return said
}

// regressed returns the scenarios of the rows of a verdict that regressed.
func regressed(verdict []byte) (scenarios []string) {
	var v struct {
		Rows []struct {
			Name    string `json:"name"`
			Verdict string `json:"verdict"`
		} `json:"rows"`
	}
	if json.Unmarshal(verdict, &v) != nil {
		return nil
	}
	for _, r := range v.Rows {
		for _, part := range strings.Split(r.Name, "/") {
			if name, ok := strings.CutPrefix(part, "scenario="); ok && r.Verdict == "regression" {
				scenarios = append(scenarios, name)
			}
		}
	}
	return scenarios
}

// sources finds the files of a source tree by the names that profiles have for them.
type sources struct {
	roots   []string          // the tree, as it may be written
	modules map[string]string // folders in the tree, by the path of the module
}

// newSources looks for the modules of a tree. A tree without any has files too.
func newSources(tree string) *sources {
	s := &sources{roots: []string{tree}, modules: map[string]string{}}
	if real, err := filepath.EvalSymlinks(tree); err == nil && real != tree {
		s.roots = append(s.roots, real)
	}
	// What cannot be read has no links.
	_ = filepath.WalkDir(tree, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		if d.Name() != "go.mod" || !d.Type().IsRegular() {
			return nil
		}
		if folder, err := filepath.Rel(tree, filepath.Dir(file)); err == nil {
			if module := moduleOf(file); module != "" {
				s.modules[module] = filepath.ToSlash(folder)
			}
		}
		return nil
	})
	return s
}

// moduleOf returns the module path in a go.mod file; empty if it has none.
func moduleOf(file string) string {
	f, err := results.OpenRegular(file)
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, ok := strings.CutPrefix(strings.TrimSpace(lines.Text()), "module "); ok {
			name, _, _ = strings.Cut(name, "//")
			return strings.Trim(strings.TrimSpace(name), `"`)
		}
	}
	return ""
}

// locate returns the file that a source such as "example.com/search/index.go:12" stands
// for, as a path in the tree with slashes, and the line. The file is empty if it is not in
// the tree, as those of the standard library are not.
func (s *sources) locate(source string) (file string, line int) {
	name, number, ok := cutLast(source, ":")
	if !ok {
		return "", 0
	}
	if line, _ = strconv.Atoi(number); line < 1 {
		return "", 0
	}
	var candidates []string
	for _, root := range s.roots {
		if inside, ok := strings.CutPrefix(name, root+string(filepath.Separator)); ok {
			candidates = append(candidates, filepath.ToSlash(inside))
		}
	}
	// The module with the longest path is the one that has the file.
	modules := slices.SortedFunc(maps.Keys(s.modules), func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	for _, module := range modules {
		if inside, ok := strings.CutPrefix(name, module+"/"); ok {
			candidates = append(candidates, path.Join(s.modules[module], inside))
		}
	}
	if !path.IsAbs(name) {
		candidates = append(candidates, name)
	}
	for _, c := range candidates {
		if fs.ValidPath(c) && isFile(filepath.Join(s.roots[0], filepath.FromSlash(c))) {
			return c, line
		}
	}
	return "", 0
}

// cutLast is strings.Cut at the last separator.
func cutLast(s, sep string) (before, after string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}
