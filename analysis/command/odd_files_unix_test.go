//go:build unix

package command

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
	"github.com/assay-bench/assay/internal/irregular"
)

// Every command names what is no regular file, whether it would read it or write it.
func TestOddFiles(t *testing.T) {
	dir := t.TempDir()
	bundle, text, again, verdict := filepath.Join(dir, "bundle"), filepath.Join(dir, "old.txt"), filepath.Join(dir, "new.txt"), filepath.Join(dir, "verdict.json")
	bundletest.Write(t, bundle, bundletest.Plan{Blocks: 6, Seconds: 1, Values: 20})
	for _, name := range []string{text, again} {
		if err := os.WriteFile(name, []byte(strings.Repeat("BenchmarkA 1 10 ns/op\nBenchmarkA 1 11 ns/op\n", 6)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	_, judged, _ := call(t, "gate", text, again, "--json")
	if err := os.WriteFile(verdict, []byte(judged), 0o644); err != nil {
		t.Fatal(err)
	}
	rows := []irregular.Row{
		{Args: []string{"report", irregular.At, "-o", filepath.Join(dir, "r.md")}},
		{Args: []string{"report", bundle, "-o", irregular.At}, Writes: irregular.Files},
		{Args: []string{"report", bundle, "-o", filepath.Join(dir, "r.md"), "--plots", irregular.At}, Writes: irregular.Folder},
		{Args: []string{"explore", irregular.At, "-o", filepath.Join(dir, "e.html")}},
		{Args: []string{"explore", bundle, irregular.At, "-o", filepath.Join(dir, "e.html")}},
		{Args: []string{"explore", bundle, "-o", irregular.At}, Writes: irregular.Anything},
		{Args: []string{"check", irregular.At}},
		{Args: []string{"compare", irregular.At, "--base", "x", "--head", "y"}},
		{Args: []string{"compare", text, irregular.At}},
		{Args: []string{"compare", text, "new=" + irregular.At}},
		{Args: []string{"gate", irregular.At, text}},
		{Args: []string{"gate", text, again, "--markdown", irregular.At}, Writes: irregular.Anything},
		{Args: []string{"bench", irregular.At}},
		{Args: []string{"trend", irregular.At}, Says: "no verdict"},
		{Args: []string{"annotate", irregular.At}},
		{Args: []string{"verify", irregular.At}},
		{Args: []string{"verify", bundle, "--full", irregular.At}, Says: "not slim"},
		{Args: []string{"rates", irregular.At}},
		{Args: []string{"rates", filepath.Join(dir, "recorded"), "--record", irregular.At}},
		{Args: []string{"rates", "../../results/gate", "--repetitions", "2", "--into", irregular.At}, Writes: irregular.Files},
		{Args: []string{"explained", irregular.At}, Writes: irregular.Folder},
		{Args: []string{"explained", filepath.Join(dir, "none"), "--record", irregular.At}},
		{Args: []string{"explained", "../../results/explain", "--into", irregular.At}, Writes: irregular.Files},
		{Args: []string{"simulate", irregular.At, "--checks", "0"}, Writes: irregular.Folder},
		{Args: []string{"simulate", dir, "--checks", "0", "--into", irregular.At}, Writes: irregular.Files},
		{Args: []string{"explain", irregular.At, "--base", "naive", "--head", "optimized"}},
		{Args: []string{"explain", bundle, "--base", "naive", "--head", "optimized", "--markdown", irregular.At}, Writes: irregular.Anything, Says: "no profiled trials"},
		{Args: []string{"explain", bundle, "--base", "naive", "--head", "optimized", "--svg", irregular.At}, Writes: irregular.Anything, Says: "no profiled trials"},
		{Args: []string{"explain", bundle, "--base", "naive", "--head", "optimized", "--pprof", irregular.At}, Writes: irregular.Anything, Says: "no profiled trials"},
	}
	irregular.Complete(t, Commands(), rows, nil)
	irregular.Check(t, func(args []string) (int, string) {
		var out, problems bytes.Buffer
		code := Run(context.Background(), args, strings.NewReader(""), &out, &problems)
		return code, problems.String()
	}, rows)
}
