package command

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/bundletest"
)

// BenchmarkReport makes the report of runs of 100 and 1,000 trials with 60 log
// lines each; the time must grow with the number of trials and no faster.
//
//	go test -bench Report -benchtime 1x -run xxx ./analysis/command
func BenchmarkReport(b *testing.B) { benchmarkPages(b, "report", "page.md") }

// benchmarkPages makes pages of runs with a command.
func benchmarkPages(b *testing.B, command, page string) {
	b.Helper()
	for _, trials := range []int{100, 1000} {
		b.Run(fmt.Sprintf("trials=%d", trials), func(b *testing.B) {
			dir := b.TempDir()
			bundle := filepath.Join(dir, "bundle")
			bundletest.Write(b, bundle, bundletest.Plan{Trials: trials, Values: 200, Seconds: 7})
			b.ResetTimer()
			for range b.N {
				if code := Run(context.Background(), []string{command, bundle, "-o", filepath.Join(dir, page)}, strings.NewReader(""), io.Discard, os.Stderr); code != 0 {
					b.Fatalf("status %d", code)
				}
			}
		})
	}
}

// BenchmarkExplore makes the explorer of such runs.
//
//	go test -bench Explore -benchtime 1x -run xxx ./analysis/command
func BenchmarkExplore(b *testing.B) { benchmarkPages(b, "explore", "page.html") }

// BenchmarkCompare compares two files of 100,000 lines; benchstat on the same
// files stands beside it.
//
//	go test -bench Compare -benchtime 3x -run xxx ./analysis/command
func BenchmarkCompare(b *testing.B) {
	dir := b.TempDir()
	var files []string
	for _, name := range []string{"old.txt", "new.txt"} {
		files = append(files, filepath.Join(dir, name))
		writeBenchmarks(b, files[len(files)-1], 10_000, 10)
	}
	build := func(pkg, name string) string {
		path := filepath.Join(dir, name)
		if out, err := exec.Command("go", "build", "-o", path, pkg).CombinedOutput(); err != nil {
			b.Fatalf("build %s: %v\n%s", pkg, err, out)
		}
		return path
	}
	for _, c := range []struct {
		name    string
		program string
		args    []string
	}{
		{"program=analysis", build("..", "analysis"), append([]string{"compare"}, files...)},
		{"program=benchstat", build("golang.org/x/perf/cmd/benchstat", "benchstat"), files},
	} {
		b.Run(c.name, func(b *testing.B) {
			for range b.N {
				if err := exec.Command(c.program, c.args...).Run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// writeBenchmarks writes the given number of benchmarks, each that many times.
func writeBenchmarks(b *testing.B, path string, benchmarks, times int) {
	b.Helper()
	r := rand.New(rand.NewPCG(1, uint64(len(path))))
	var s strings.Builder
	s.WriteString("goos: linux\ngoarch: amd64\npkg: example.com/x\n")
	for range times {
		for i := range benchmarks {
			fmt.Fprintf(&s, "BenchmarkName/n=%d-2 \t 1000 \t %.1f ns/op \t 64 B/op \t 2 allocs/op\n", i, 1000*(1+0.02*r.NormFloat64()))
		}
	}
	if err := os.WriteFile(path, []byte(s.String()), 0o644); err != nil {
		b.Fatal(err)
	}
}
