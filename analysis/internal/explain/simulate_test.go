package explain

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/rates"
	"github.com/assay-bench/assay/results"
)

// The simulation is a short one unless it is asked for more:
//
//	go test ./analysis/internal/explain -run LevelAndCoverage -simulations 3000 -record DIR
var (
	simulations = flag.Int("simulations", 40, "`number` of simulated comparisons of either kind")
	recordIn    = flag.String("record", "", "`folder` whose simulated.json gets the counts, of the repository")
)

// world draws the profiles of a server. What its functions take differs by some orders of
// magnitude, and a profile is a sample of that.
type world struct {
	r      *rand.Rand
	stacks []stack
	mean   []float64 // samples of each stack in a trial
	index  *index
	frames [][]frame
}

// The numbers of a simulated server.
const (
	worldFunctions = 60
	worldStacks    = 150
	worldBlocks    = 8
	worldSamples   = 60   // of a trial, on average
	blockNoise     = 0.10 // relative, of all samples of a trial
)

func newWorld(seed uint64) *world {
	w := &world{r: rand.New(rand.NewPCG(seed, 19)), index: newIndex()}
	for f := range worldFunctions {
		name := fmt.Sprintf("app.f%d", f)
		w.index.ids[name] = int32(f)
		w.index.names, w.index.classes, w.index.files = append(w.index.names, name), append(w.index.classes, classify(name)), append(w.index.files, "")
		w.frames = append(w.frames, []frame{{int32(f), 1}})
	}
	total := 0.0
	for range worldStacks {
		var s stack
		for range 3 + w.r.IntN(8) {
			s.locations = append(s.locations, int32(w.r.IntN(worldFunctions-1)+1))
		}
		s.locations = append(s.locations, 0) // function 0 calls all others
		w.stacks = append(w.stacks, s)
		weight := math.Exp(1.5 * w.r.NormFloat64())
		w.mean = append(w.mean, weight)
		total += weight
	}
	for i := range w.mean {
		w.mean[i] *= worldSamples / total
	}
	return w
}

// poisson draws a number of samples.
func (w *world) poisson(mean float64) float64 {
	limit, p, k := math.Exp(-mean), w.r.Float64(), 0
	for p > limit {
		p *= w.r.Float64()
		k++
	}
	return float64(k)
}

// compare draws the trials of both variants, and judges the CPU. Head has that many more
// samples in the last stack.
func (w *world) compare(more float64) *section {
	s := &section{index: w.index, phases: &waits{}}
	for block := 1; block <= worldBlocks; block++ {
		for _, at := range []side{atBase, atHead} {
			r := &reading{frames: w.frames}
			noise := math.Exp(blockNoise * w.r.NormFloat64())
			for i, st := range w.stacks {
				mean := w.mean[i] * noise
				if at == atHead && i == len(w.stacks)-1 {
					mean += more * noise
				}
				st.values = []float64{w.poisson(mean)}
				r.stacks = append(r.stacks, st)
			}
			s.trials = append(s.trials, &observed{block: block, side: at, of: map[string]*reading{results.ProfileCPU: r}, per: map[string]float64{results.ProfileCPU: 1}})
		}
	}
	s.tables[cpuMetric] = s.tabulate(cpuMetric)
	judgeAll([]*section{s})
	return s
}

// simulated counts what a simulation found.
type simulated struct {
	Same    int `json:"same"`  // comparisons of equal builds
	False   int `json:"false"` // of them, those in which something is said to have grown
	Slower  int `json:"slower"`
	Found   int `json:"found"`   // of the slower ones, those in which a function of the slower stack is named first
	Covered int `json:"covered"` // of the slower ones, those in which the interval of all has the truth
}

// Of equal builds some function is said to have grown as rarely as the level says,
// however many functions there are; and an interval of 95 % holds the truth.
func TestLevelAndCoverage(t *testing.T) {
	var got simulated
	for i := range *simulations {
		w := newWorld(uint64(i))
		got.Same++
		if grewAnywhere(w.compare(0)) {
			got.False++
		}
		const more = worldSamples / 4
		s := w.compare(more)
		got.Slower++
		// The noise of a trial has the mean e^(σ²/2).
		truth := more * math.Exp(blockNoise*blockNoise/2)
		if total := s.tables[cpuMetric].total; *total.Low <= truth && truth <= *total.High {
			got.Covered++
		}
		if all := s.names(cpuMetric); len(all) > 0 && w.inLast(all[0].row.function) {
			got.Found++
		}
	}
	t.Logf("%+v", got)
	if low, _ := (rates.Rate{Hits: got.False, Of: got.Same}).Interval(); low > level {
		t.Errorf("of %d comparisons of equal builds %d say that something grew: more than %v", got.Same, got.False, level)
	}
	if _, high := (rates.Rate{Hits: got.Covered, Of: got.Slower}).Interval(); high < 0.95 {
		t.Errorf("%d of %d intervals of 95 %% hold the truth", got.Covered, got.Slower)
	}
	if 10*got.Found < 9*got.Slower {
		t.Errorf("of %d slower builds %d have the function named", got.Slower, got.Found)
	}
	if *recordIn == "" {
		return
	}
	data, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join("..", "..", "..", *recordIn)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := results.WriteFile(filepath.Join(dir, "simulated.json"), append(data, '\n')); err != nil {
		t.Fatal(err)
	}
}

// grewAnywhere reports whether any row of the family that causes are named from grew.
func grewAnywhere(s *section) bool {
	t := s.tables[cpuMetric]
	for _, r := range append([]*Row{t.total}, t.rows...) {
		if r.Verdict == Grew && r.Counts != CountsFlat {
			return true
		}
	}
	return false
}

// inLast reports whether a function is in the last stack.
func (w *world) inLast(function int32) bool {
	for _, l := range w.stacks[len(w.stacks)-1].locations {
		if l == function {
			return true
		}
	}
	return false
}
