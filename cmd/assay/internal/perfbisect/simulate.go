package perfbisect

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/assay-bench/assay/internal/looks"
	"github.com/assay-bench/assay/internal/program"
	"github.com/assay-bench/assay/results"
)

// Simulation is a search of a history of which everything is known, with measurements
// that are drawn and a gate that is the real one.
type Simulation struct {
	Commits int     // between the fast commit and the end
	CV      float64 // of one measurement: 0.03
	Slower  float64 // what the slow commit loses: 0.1
	Seed    uint64  // of everything that is drawn
	Temp    string  // folder for the bundles that the gate reads
	// Analysis makes the commands of the analysis, of which `gate` judges the measurements.
	Analysis func() []*cobra.Command
}

// Simulated is what came of it.
type Simulated struct {
	Outcome string `json:"outcome"` // as in Kept
	Right   bool   `json:"right"`   // the slow commit was named, or is among those that it was narrowed to
	Checks  int    `json:"checks"`  // that the search took
}

// benchmarks is how many rows a simulated check has. One of them is slower after the slow
// commit.
const benchmarks = 3

// harmless is the standard deviation of what any other commit changes in a row.
const harmless = 0.002

// alike is the share of a measurement's variance that all rows of a block have in common.
const alike = 0.5

// Run makes the search.
func (s *Simulation) Run(ctx context.Context) (Simulated, error) {
	random := rand.New(rand.NewPCG(s.Seed, 1))
	m := &drawn{Simulation: s, random: random}
	slow := 1 + random.IntN(s.Commits)
	level := make([]float64, benchmarks)
	var names []string
	for i := range s.Commits + 1 {
		for k := range level {
			if i > 0 {
				level[k] += harmless * random.NormFloat64()
			}
			if i == slow && k == 0 {
				level[k] += math.Log1p(s.Slower)
			}
		}
		m.levels = append(m.levels, slices.Clone(level))
		names = append(names, strconv.Itoa(i))
	}
	before := func(commit string) string {
		i, _ := strconv.Atoi(commit)
		return strconv.Itoa(i - 1)
	}
	a, err := find(ctx, names, before, m)
	if err != nil {
		return Simulated{}, err
	}
	return Simulated{Outcome: a.Outcome.String(), Right: slices.Contains(a.Suspects, strconv.Itoa(slow)), Checks: m.checks}, nil
}

// String is the outcome as records name it.
func (o outcome) String() string {
	return [...]string{found: "found", doubtful: "doubtful", narrowed: "narrowed", notSlower: "not slower", untold: "untold"}[o]
}

// drawn is a measurer that draws its measurements.
type drawn struct {
	*Simulation
	random *rand.Rand
	levels [][]float64 // log of the time of each row, by commit
	checks int
}

// Check makes one look after another, as perf-check does.
func (d *drawn) Check(ctx context.Context, base, head string, _ bool) (Result, error) {
	d.checks++
	dir, err := os.MkdirTemp(d.Temp, "check-")
	if err != nil {
		return Result{}, err
	}
	defer os.RemoveAll(dir)
	bundle := filepath.Join(dir, "bundle")
	w, err := results.Create(bundle, &results.Manifest{Tool: "simulation", Started: time.Unix(0, 0).UTC(), Ended: time.Unix(0, 0).UTC(), Looks: []int{}})
	if err != nil {
		return Result{}, err
	}
	if err := w.Finish(results.StateComplete, ""); err != nil {
		return Result{}, err
	}
	var text bytes.Buffer
	made := []int{}
	for blocks := looks.Declared()[0].Blocks; ; {
		for n := lastOf(made); n < blocks; n++ {
			d.block(&text, base, head)
		}
		r, err := d.look(ctx, bundle, text.Bytes(), blocks, made)
		if err != nil || r.Verdict != inconclusive {
			return r, err
		}
		more, ok := looks.Next(blocks)
		if !ok {
			return r, nil
		}
		made, blocks = append(made, blocks), more
	}
}

// lastOf is the number of blocks at the last look, or 0 before the first.
func lastOf(made []int) int {
	if len(made) == 0 {
		return 0
	}
	return made[len(made)-1]
}

// block draws one measurement of each row of both commits.
func (d *drawn) block(text *bytes.Buffer, base, head string) {
	for _, side := range []struct{ variant, commit string }{{"base", base}, {"head", head}} {
		i, _ := strconv.Atoi(side.commit)
		common := math.Sqrt(alike) * d.random.NormFloat64()
		for k, level := range d.levels[i] {
			noise := d.CV * (common + math.Sqrt(1-alike)*d.random.NormFloat64())
			fmt.Fprintf(text, "BenchmarkRow%d/variant=%s 1 %.6g ns/op\n", k, side.variant, 1e4*math.Exp(level+noise))
		}
	}
}

// look has the gate judge what was drawn so far.
func (d *drawn) look(ctx context.Context, bundle string, text []byte, blocks int, made []int) (Result, error) {
	how := results.Micro{Packages: []string{"x"}, Bench: ".", Benchtime: "1x", Variants: []results.MicroVariant{{Name: "base"}, {Name: "head"}}, Blocks: blocks, Looks: made}
	if err := results.RecordMicro(bundle, how); err != nil {
		return Result{}, err
	}
	if err := results.AddMicro(bundle, text); err != nil {
		return Result{}, err
	}
	var out, errs bytes.Buffer
	root := program.New("assay", "Judge", d.Analysis())
	switch program.Run(ctx, root, []string{"gate", bundle, "--base", "base", "--head", "head", "--json"}, strings.NewReader(""), &out, &errs) {
	case program.Done, program.Failed, program.Undecided:
		return readVerdict(out.Bytes())
	}
	return Result{}, fmt.Errorf("the gate could not judge: %s", errs.String())
}
