package perfcheck

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/assay-bench/assay/internal/gobench"
	"github.com/assay-bench/assay/results"
)

// Defaults of the Go benchmarks.
const (
	everyBenchmark = "."
	usualBenchtime = "100ms"
)

// defaultBenchmarks selects the Go benchmarks of Assay itself, unless the user named others. The
// place of their code in memory changes these benchmarks by about two per cent;
// shorter ones, or ones with more branches, by up to ten.
func (c *Check) defaultBenchmarks() {
	if len(c.Packages) > 0 {
		return
	}
	c.Bench = cmp.Or(c.Bench, "^Benchmark(Query|Record)$")
	c.Packages = []string{"./server/internal/telemetry"}
	if !c.Short {
		c.Packages = append(c.Packages, "./server/internal/store")
		c.Benchtime = cmp.Or(c.Benchtime, "300ms")
	}
}

// benchmarks decides whether Go benchmarks are compared, and notes how those of the
// two sides differ. Benchmarks are code, and the ones of base might not build with
// the code of head, so each side is measured by its own.
func (c *Check) benchmarks(ctx context.Context) error {
	c.Bench, c.Benchtime = cmp.Or(c.Bench, everyBenchmark), cmp.Or(c.Benchtime, usualBenchtime)
	if len(c.Packages) == 0 {
		return nil
	}
	base, err := c.tests(ctx, "base", c.Base)
	if err != nil {
		return err
	}
	head, err := c.tests(ctx, "head", c.Head)
	if err != nil {
		return err
	}
	matches := matcher(c.Bench)
	old, now := base.measured(matches), head.measured(matches)
	// There is nothing to compare with. The next change will have it.
	if len(old) == 0 && len(now) > 0 {
		c.note(about("not gated: the Go benchmarks of %s are new in HEAD", c.Packages...))
		c.Packages = nil
		return nil
	}
	if changed := differing(old, now); len(changed) > 0 {
		c.note(about("the Go benchmarks differ, and each side was measured by its own: %s changed in HEAD", changed...))
	}
	return nil
}

// pkg holds the test files of one package: their contents by path in the source
// tree.
type pkg map[string][]byte

// pkgs are the packages of one source tree.
type pkgs []pkg

// tests reads the test files of the packages in a tree. A tree without a module has
// none.
func (c *Check) tests(ctx context.Context, tree, commit string) (pkgs, error) {
	root := filepath.Join(c.scratch.Path, tree)
	if !isFile(filepath.Join(root, "go.mod")) && !isFile(filepath.Join(root, "go.work")) {
		return nil, nil
	}
	cmd := exec.Command("go", append([]string{"list", "-e", "-json=Dir,TestGoFiles,XTestGoFiles", "--"}, c.Packages...)...)
	cmd.Dir = root
	var out bytes.Buffer
	if err := c.command(ctx, cmd, &out); err != nil {
		return nil, c.failed(ctx, err, "go cannot list the packages %s of %s (%s)", strings.Join(c.Packages, " "), strings.ToUpper(tree), commit)
	}
	all, err := readPackages(&out, root)
	if err != nil {
		return nil, failf("read the packages of %s (%s): %v", strings.ToUpper(tree), commit, err)
	}
	return all, nil
}

// readPackages parses the output of go list, and reads the files that it names.
func readPackages(list io.Reader, root string) (pkgs, error) {
	var all pkgs
	for d := json.NewDecoder(list); ; {
		var listed struct {
			Dir                       string
			TestGoFiles, XTestGoFiles []string
		}
		if err := d.Decode(&listed); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		// Names are relative to the tree, so that the same file has the same name on
		// both sides.
		one := pkg{}
		for _, name := range slices.Concat(listed.TestGoFiles, listed.XTestGoFiles) {
			file := filepath.Join(listed.Dir, name)
			text, err := results.ReadRegular(file)
			if err != nil {
				return nil, err
			}
			if inside, err := filepath.Rel(root, file); err == nil {
				file = filepath.ToSlash(inside)
			}
			one[file] = text
		}
		all = append(all, one)
	}
}

// measured returns the test files of the packages that have matching benchmarks.
func (all pkgs) measured(matches func(name string) bool) pkg {
	files := pkg{}
	for _, p := range all {
		for _, text := range p {
			// A benchmark may use helpers from any test file of its package, so all of
			// them count.
			if slices.ContainsFunc(gobench.Names(text), matches) {
				maps.Copy(files, p)
				break
			}
		}
	}
	return files
}

// differing returns the names of files that differ between the sides, in order.
func differing(base, head pkg) (names []string) {
	for name, text := range base {
		if other, ok := head[name]; !ok || !bytes.Equal(text, other) {
			names = append(names, name)
		}
	}
	for name := range head {
		if _, ok := base[name]; !ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// matcher returns a function that says which benchmark functions a -bench expression
// selects. An expression that Go rejects selects all: the harness reports the error.
func matcher(bench string) func(name string) bool {
	pattern, err := regexp.Compile(gobench.Functions(bench))
	if err != nil {
		return func(string) bool { return true }
	}
	return pattern.MatchString
}

// isFile reports whether there is a regular file; a link to one counts.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
