package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// opens are the functions with which a file can be opened by its name.
var opens = []string{"Open", "OpenFile", "ReadFile", "WriteFile", "Create"}

// mayOpen are the files of the source that open files by themselves, with the reason why
// the rule of package results is not for them.
var mayOpen = map[string]string{
	"results/file.go":    "it is the rule for files that are written",
	"results/regular.go": "it is the rule for files that are read",
	"results/slim.go":    "a file of the program's own, after the check that it is no link or pipe",
	"results/writer.go":  "files of the program's own, after the same check",

	"harness/command/init.go":                    "a file that must not be there yet",
	"harness/internal/host/":                     "what the kernel shows of the machine, and a lock with a rule of its own",
	"harness/internal/process/keeper/":           "what the kernel shows of processes",
	"harness/internal/attack/lane/cpus_linux.go": "what the kernel shows of the machine",
	"harness/internal/process/container.go":      "files in a folder that the program has made",
	"harness/internal/self/":                     "files in a folder that the program has made",
	"harness/internal/handshake/certificate/":    "files in a folder that the program has made",
	"harness/internal/work/message.go":           "the program itself",
	"harness/internal/work/shipment.go":          "files in a folder that the program has made",
	"internal/hostlab/":                          "it serves tests, and knows no package of the program",
	"internal/scratch/":                          "files in folders that the program has made, and what the kernel shows",
	"internal/events/":                           "a file that one process of the program names to another",
	"cmd/assay/internal/perfaction/workflow.go":  "files of the workflow, to which it appends",
	"cmd/assay/internal/benchgate/check.go":      "a log in a folder that the program has made",
	"analysis/internal/bundletest/":              "it serves tests",
}

// Only package results opens files, so that what is no regular file is refused in one place.
func TestOnePlaceOpensFiles(t *testing.T) {
	used := map[string]bool{}
	for _, stage := range []string{"results", "harness", "analysis", "internal", "cmd/assay"} {
		err := filepath.WalkDir(filepath.Join("../..", stage), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "/testdata/") {
				return err
			}
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			name := filepath.ToSlash(strings.TrimPrefix(path, filepath.Join("../..")+"/"))
			found := openedIn(t, path, source)
			if len(found) == 0 {
				return nil
			}
			for allowed := range mayOpen {
				if name == allowed || strings.HasSuffix(allowed, "/") && strings.HasPrefix(name, allowed) {
					used[allowed] = true
					return nil
				}
			}
			t.Errorf("%s calls %s: use results.ReadRegular, OpenRegular or WriteFile, which refuse pipes and devices", name, strings.Join(found, ", "))
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for allowed := range mayOpen {
		if !used[allowed] {
			t.Errorf("%s opens no file, or is not there: remove it from the list", allowed)
		}
	}
}

// openedIn lists the calls of a source file that open files.
func openedIn(t *testing.T, path string, source []byte) (found []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if of, ok := s.X.(*ast.Ident); ok && of.Name == "os" && slices.Contains(opens, s.Sel.Name) {
				found = append(found, "os."+s.Sel.Name)
			}
		}
		return true
	})
	return found
}
