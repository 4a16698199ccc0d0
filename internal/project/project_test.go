package project

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const root = "../.."

// sources calls yield for every file of the repository whose name ends so. Folders that
// hold what was built or measured are left out.
func sources(t *testing.T, suffix string, yield func(path, text string)) {
	t.Helper()
	found := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "bin" || d.Name() == "runs" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, suffix) {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		found++
		name, err := filepath.Rel(root, path)
		yield(filepath.ToSlash(name), string(text))
		return err
	})
	if err != nil || found == 0 {
		t.Fatalf("%d files *%s: %v", found, suffix, err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(path)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Every promise of SECURITY.md names rows of the table of docs/torture.md, or tests, that
// exist.
func TestPromisesAreTested(t *testing.T) {
	rows := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\| ([^|]+?) \|.*\|$`).FindAllStringSubmatch(read(t, "docs/torture.md"), -1) {
		rows[m[1]] = true
	}
	tests := map[string]bool{}
	sources(t, "_test.go", func(_, text string) {
		for _, m := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllStringSubmatch(text, -1) {
			tests[m[1]] = true
		}
	})
	promises := 0
	for _, m := range regexp.MustCompile(`(?m)^\| (.+?) \| (.+?) \|$`).FindAllStringSubmatch(read(t, ".github/SECURITY.md"), -1) {
		if m[1] == "promise" || strings.HasPrefix(m[1], "---") {
			continue
		}
		promises++
		for _, name := range strings.Split(m[2], ", ") {
			if test := strings.Trim(name, "`"); test != name && !tests[test] || test == name && !rows[name] {
				t.Errorf("%.60s… is shown by %s, which is no row of docs/torture.md and no test", m[1], name)
			}
		}
	}
	if promises < 8 {
		t.Errorf("only %d promises were found: nothing was tested", promises)
	}
}

// A package that starts goroutines checks in its tests that none is left. The exceptions
// have a reason each.
func TestGoroutinesAreCheckedForLeaks(t *testing.T) {
	except := map[string]string{
		"server/internal/handicap":        "what it starts is a slowdown that lasts as long as the server",
		"internal/hostlab":                "it makes hosts for tests, whose processes and links end with the test that made them",
		"internal/irregular":              "it serves tests only, which look for leaks themselves",
		"cmd/torture":                     "its tests are those of single functions; the rows start programs",
		"examples/shop":                   "an example without tests of its own, which examples runs",
		"harness/internal/build":          "it waits for the programs that it builds; harness/command builds through it",
		"harness/command":                 "its tests run the program, whose goroutines end with it",
		"harness/internal/launch":         "it is tested through harness/command, with workers as processes of their own",
		"harness/internal/process/keeper": "it is a process of its own, which ends with its goroutines; process tests it",
	}
	starts, checks := map[string]bool{}, map[string]bool{}
	files := token.NewFileSet()
	sources(t, ".go", func(name, text string) {
		folder := name[:max(0, strings.LastIndexByte(name, '/'))]
		if strings.HasSuffix(name, "_test.go") {
			checks[folder] = checks[folder] || strings.Contains(text, "goleak.VerifyTestMain(")
			return
		}
		file, err := parser.ParseFile(files, name, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				starts[folder] = true
			case *ast.CallExpr: // of a WaitGroup or an errgroup.Group
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Go" && len(n.Args) == 1 {
					starts[folder] = true
				}
			}
			return true
		})
	})
	for folder := range starts {
		if !checks[folder] && except[folder] == "" && !strings.Contains(folder, "/testdata") {
			t.Errorf("%s starts goroutines, and no TestMain calls goleak.VerifyTestMain", folder)
		}
	}
	for folder := range except {
		if checks[folder] {
			t.Errorf("%s checks for leaks and needs no exception", folder)
		}
	}
	if len(starts) < 20 {
		t.Errorf("only %d packages start goroutines: nothing was tested", len(starts))
	}
}

// The actions of this repository are named by one commit wherever people copy from, and
// that commit has them.
func TestActionsArePinned(t *testing.T) {
	use := regexp.MustCompile(`uses: assay-bench/assay/(\.github/actions/[\w-]+)@(\S+)(.*)`)
	pins := map[string][]string{}
	for _, suffix := range []string{".md", ".yml"} {
		sources(t, suffix, func(name, text string) {
			for _, m := range use.FindAllStringSubmatch(text, -1) {
				if !regexp.MustCompile(`^[0-9a-f]{40}$`).MatchString(m[2]) || !strings.HasPrefix(m[3], " # v") {
					t.Errorf("%s: %q is not pinned by a commit, with its version beside it", name, m[0])
				}
				if !slices.Contains(pins[m[2]], m[1]) {
					pins[m[2]] = append(pins[m[2]], m[1])
				}
			}
		})
	}
	if len(pins) != 1 {
		t.Fatalf("the pins are %v, want one for all", pins)
	}
	for commit, actions := range pins {
		for _, action := range actions {
			c := exec.Command("git", "cat-file", "-e", commit+":"+action+"/action.yml")
			c.Dir = root
			if shallow(t) {
				t.Skip("SKIPPED: not the whole history is here")
			}
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%s has no %s: %v %s", commit, action, err, out)
			}
		}
	}
}

// shallow reports whether git cannot tell what a commit holds.
func shallow(t *testing.T) bool {
	t.Helper()
	c := exec.Command("git", "rev-parse", "--is-shallow-repository")
	c.Dir = root
	out, err := c.Output()
	return err != nil || strings.TrimSpace(string(out)) != "false"
}
