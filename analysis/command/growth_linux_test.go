package command

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Eight times as much input takes about eight times as much CPU time, and not sixty-four
// times: comparisons sort their values, and never list all pairs of them. Times of a busy
// machine say nothing; the CPU time of this process grows as the work does.
func TestComparisonsGrowWithTheirInput(t *testing.T) {
	if testing.Short() {
		t.Skip("the full form alone compares so many results; package stats counts its work in the short one")
	}
	const times, most = 8, 24
	for _, shape := range []struct {
		name string
		size int
		line func(r *rand.Rand, side, i int) string // of i-th result of base (0) or head (1)
		args []string
		one  bool // both sides are in one file
	}{
		{"values of one benchmark", 500, func(r *rand.Rand, side, i int) string {
			return fmt.Sprintf("BenchmarkA 1 %.3f ns/op", 100+5*r.NormFloat64()+float64(side))
		}, nil, false},
		{"equal values", 500, func(r *rand.Rand, side, i int) string {
			return fmt.Sprintf("BenchmarkA 1 %d ns/op", 100+i%2+side)
		}, nil, false},
		{"blocks of one benchmark", 500, func(r *rand.Rand, side, i int) string {
			return fmt.Sprintf("BenchmarkA/variant=%c 1 %.3f ns/op", 'x'+side, 100+5*r.NormFloat64()+float64(side))
		}, []string{"--base", "x", "--head", "y"}, true},
		{"many blocks of one benchmark", 8_000, func(r *rand.Rand, side, i int) string {
			return fmt.Sprintf("BenchmarkA/variant=%c 1 %.3f ns/op", 'x'+side, 100+5*r.NormFloat64()+float64(side))
		}, []string{"--base", "x", "--head", "y"}, true},
		{"benchmarks of six values", 1000, func(r *rand.Rand, side, i int) string {
			return fmt.Sprintf("BenchmarkA%d 1 %.3f ns/op", i/6, 100+5*r.NormFloat64()+float64(side))
		}, nil, false},
	} {
		t.Run(shape.name, func(t *testing.T) {
			dir := t.TempDir()
			cost := func(command string, n, runs int) time.Duration {
				r := rand.New(rand.NewPCG(1, 2))
				var text [2]strings.Builder
				for side := range text {
					for i := range n {
						fmt.Fprintln(&text[side], shape.line(r, side, i))
					}
				}
				files := []string{filepath.Join(dir, "old.txt"), filepath.Join(dir, "new.txt")}
				whole := []string{text[0].String(), text[1].String()}
				if shape.one {
					files, whole = files[:1], []string{whole[0] + whole[1]}
				}
				for i, f := range files {
					if err := os.WriteFile(f, []byte(whole[i]), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				least := time.Hour
				for range runs {
					before := cpuTime(t)
					if code, _, stderr := call(t, append(append([]string{command}, files...), shape.args...)...); code != 0 && code != 1 && code != 3 {
						t.Fatalf("%s: status %d: %s", command, code, stderr)
					}
					least = min(least, cpuTime(t)-before)
				}
				return least
			}
			for _, command := range []string{"compare", "gate"} {
				small, large := cost(command, shape.size, 3), cost(command, times*shape.size, 2)
				t.Logf("%s: %d results a side take %v, %d take %v", command, shape.size, small, times*shape.size, large)
				if large > most*small {
					t.Errorf("%s: %d times as many results took %.0f times as much CPU time", command, times, float64(large)/float64(small))
				}
			}
		})
	}
}

// cpuTime is the CPU time that this process has used.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
