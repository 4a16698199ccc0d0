package scenario

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"path/filepath"

	"github.com/goccy/go-yaml/ast"

	"github.com/assay-bench/assay/results"
)

// Options change what a scenario may do.
type Options struct {
	// AllowRemote are hosts beyond loopback that may be attacked, each as
	// "host" or "host:port".
	AllowRemote []string
	// Root is the folder that holds the files of another host's scenarios (see
	// [Scenario.Files]), each under its full path; paths are then absolute, and those on
	// that host. Empty: the files are those of this host.
	Root string
}

// Load reads scenario files, which together are the scenarios of one run. If
// anything is wrong with any of them, the error is an [Errors] that lists
// everything.
func Load(paths []string, opt Options) ([]*Scenario, error) {
	var all []*Scenario
	var wrong Errors
	taken := map[string]string{}
	for _, path := range paths {
		source, err := readLimited(filepath.Join(opt.Root, path), maxFile+1)
		if err != nil {
			wrong = append(wrong, &Error{File: path, Line: 1, Column: 1, Message: fmt.Sprintf("read scenario: %v", err)})
			continue
		}
		s, nameAt, errs := parseFile(path, source, opt)
		wrong = append(wrong, errs...)
		if s == nil {
			continue
		}
		if first, twice := taken[s.Name]; twice {
			wrong = append(wrong, &Error{File: path, Line: nameAt.line, Column: nameAt.column,
				Message:    fmt.Sprintf("name: %q is already the name of %s", s.Name, first),
				Suggestion: "give every scenario of a run its own name"})
			continue
		}
		taken[s.Name] = path
		all = append(all, s)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return all, nil
}

// Parse reads one scenario from memory. file is the name that errors use; other
// files that the scenario names are relative to file's directory. The error is an
// [Errors].
func Parse(file string, source []byte, opt Options) (*Scenario, error) {
	s, _, errs := parseFile(file, source, opt)
	if len(errs) > 0 {
		return nil, errs
	}
	return s, nil
}

// parseFile returns the scenario and the position of its name. It returns a scenario
// with errors too, if it has a name, because that name may be taken twice.
func parseFile(file string, source []byte, opt Options) (*Scenario, mark, Errors) {
	d := &decoder{reporter: reporter{file: file}, anchors: map[string]ast.Node{}}
	root := d.parse(source)
	if root == nil {
		return nil, mark{}, d.sorted()
	}
	before := len(d.errors)
	var f fileScenario
	d.value(root, &f, "")
	if _, ok := d.follow(root).(ast.MapNode); !ok {
		return nil, mark{}, d.sorted()
	}
	// The checks would report a value that could not be decoded a second time,
	// because of the value that replaced it.
	d.silent = map[mark]bool{}
	for _, e := range d.errors[before:] {
		d.silent[mark{e.Line, e.Column}] = true
	}
	c := &checker{reporter: &d.reporter, source: source, dir: filepath.Dir(file), allowed: opt.AllowRemote,
		trial: Env{Ports: map[string]int{}, Sockets: map[string]string{}, Binaries: map[string]string{}}, used: map[string]bool{}}
	c.files = &files{root: opt.Root, names: map[string]bool{}}
	c.files.read(file)
	s := c.scenario(&f)
	sum := sha256.Sum256(source)
	s.File, s.Source, s.SHA256 = file, source, hex.EncodeToString(sum[:])
	if s.Name == "" {
		return nil, mark{}, d.sorted()
	}
	return s, f.Name.mark, d.sorted()
}

// readLimited reads at most limit bytes of a file.
func readLimited(path string, limit int64) ([]byte, error) {
	f, err := results.OpenRegular(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit))
}
