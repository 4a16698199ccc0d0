package provenance

import (
	"debug/buildinfo"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// layoutSeed is the seed of a code layout among the flags of the linker. It differs from
// block to block on purpose.
var layoutSeed = regexp.MustCompile(`\s*-randlayout=\S+`)

// Program returns what the program of a resolved server says of its build. It returns
// false for a server that already runs and for a program that is not Go's.
func Program(s scenario.Server) (p results.BuildInfo, ok bool) {
	if len(s.Command) == 0 {
		return p, false
	}
	name := s.Command[0]
	if strings.ContainsRune(name, filepath.Separator) && !filepath.IsAbs(name) {
		name = filepath.Join(s.Dir, name)
	}
	path, err := exec.LookPath(name)
	if err != nil {
		return p, false
	}
	info, err := buildinfo.ReadFile(path)
	if err != nil {
		return p, false
	}
	p = results.BuildInfo{Go: info.GoVersion, Settings: map[string]string{}, Modules: map[string]string{}}
	for _, set := range info.Settings {
		// What begins with "vcs" tells the commit, which is the code itself.
		if strings.HasPrefix(set.Key, "vcs") {
			continue
		}
		if value := strings.TrimSpace(layoutSeed.ReplaceAllString(set.Value, "")); value != "" {
			p.Settings[set.Key] = value
		}
	}
	for _, m := range info.Deps {
		version := m.Version
		if r := m.Replace; r != nil {
			version = strings.TrimSpace(r.Path + " " + r.Version)
		}
		p.Modules[m.Path] = version
	}
	return p, true
}
