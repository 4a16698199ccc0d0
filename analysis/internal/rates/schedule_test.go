package rates

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/gate"
	"github.com/assay-bench/assay/internal/looks"
)

// schedules compares spending functions on so many simulated checks of each kind, in as
// many minutes as there are hundreds on one CPU:
//
//	go test ./analysis/internal/rates -run Schedules -v -timeout 2h -schedules 400
var schedules = flag.Int("schedules", 0, "`number` of simulated checks for which spending functions are compared")

// schedule is a spending function: after how many blocks a check is looked at, and the
// levels of each look.
type schedule struct {
	name               string
	blocks             []int
	regression, passes []float64
	futile             bool // a check may end as futile
}

// compared are the rivals and the declared looks. Pocock's and O'Brien and Fleming's
// functions are those of Lan and DeMets (1983), at 0.3, 0.5, 0.7 and 1 of the blocks. The
// parts that they spend from look to look are the levels, which is valid however the
// looks depend on each other.
func compared() []schedule {
	four := []int{6, 10, 14, 20}
	pocock, fleming := []float64{0.0208, 0.0102, 0.0085, 0.0105}, []float64{0.0003, 0.0052, 0.0136, 0.0309}
	own := schedule{name: "declared, no futility", blocks: four}
	var made []int
	for _, l := range looks.Declared() {
		r, p := looks.Levels(l.Blocks, made)
		own.regression, own.passes, made = append(own.regression, r), append(own.passes, p), append(made, l.Blocks)
	}
	ending := own
	ending.name, ending.futile = "declared", true
	return []schedule{
		{"two looks", []int{10, 20}, []float64{0.02, 0.03}, []float64{0.02, 0.03}, false},
		{"Pocock", four, pocock, pocock, false},
		{"O'Brien–Fleming", four, fleming, fleming, false},
		own, ending,
	}
}

// check makes the looks of a schedule at a check of 20 blocks. Regressions and passes
// have levels of their own, and so a look is judged at both.
func (s schedule) check(c sample, judged map[string]gate.Verdict) (verdict string, blocks int) {
	at := func(n int, alpha float64) gate.Verdict {
		key := fmt.Sprint(n, " ", alpha)
		v, ok := judged[key]
		if !ok {
			in := c.first(n).input(n, []int{})
			in.Alpha, in.PassAlpha = alpha, alpha
			v = gate.Judge(in)
			judged[key] = v
		}
		return v
	}
	for i, n := range s.blocks {
		if v := at(n, s.regression[i]); v.Verdict == gate.Regression {
			return v.Verdict, n
		}
		if s.passes[i] == 0 {
			continue
		}
		v := at(n, s.passes[i])
		if v.Verdict == gate.Pass || s.futile && v.Futile {
			return v.Verdict, n
		}
	}
	return gate.Inconclusive, s.blocks[len(s.blocks)-1]
}

// drawn is a check of nine rows in three scenarios, with an A/A copy of base. Half of the
// variance of a row is that of its scenario.
func drawn(r *rand.Rand, blocks int, cv, effect float64) sample {
	var rows []Row
	for i := range 9 {
		rows = append(rows, Row{Name: fmt.Sprintf("HTTP/scenario=s%d-1/row=%d", i/3, i), Unit: "p50-sec", Family: compare.FamilyHTTP, Better: "lower", Margin: 0.05})
	}
	s := newSample(rows)
	for range blocks {
		for v := range variants {
			common := 0.0
			for i := range rows {
				if i%3 == 0 {
					common = r.NormFloat64()
				}
				x := math.Exp(cv * (common + r.NormFloat64()) / math.Sqrt2)
				if v == head && i == 0 {
					x *= 1 + effect
				}
				s.values[v][i] = append(s.values[v][i], x)
			}
		}
	}
	return s
}

// TestSchedules compares spending functions, and checks that the declared one reaches a
// clear verdict with few blocks.
func TestSchedules(t *testing.T) {
	n := 3
	if *schedules > 0 {
		n = *schedules
	}
	kinds := []struct {
		name string
		draw func(*rand.Rand) sample
		want string // of the declared looks
		most float64
	}{}
	for _, k := range []struct {
		cv, effect float64
		want       string
		most       float64
	}{{0.01, 0, gate.Pass, 10}, {0.03, 0.1, gate.Regression, 10}, {0.03, 0, "", 20}, {0.05, 0, "", 20}, {0.1, 0, "", 20}, {0.05, 0.1, "", 20}, {0.1, 0.1, "", 20}} {
		if k.want == "" && *schedules == 0 {
			continue // drawing arrangements takes its time
		}
		kinds = append(kinds, struct {
			name string
			draw func(*rand.Rand) sample
			want string
			most float64
		}{fmt.Sprintf("CV %g %%, effect %g %%", 100*k.cv, 100*k.effect), func(r *rand.Rand) sample { return drawn(r, 20, k.cv, k.effect) }, k.want, k.most})
	}
	for i, k := range kinds {
		found, blocks := map[string]map[string]int{}, map[string]int{}
		for c := range n {
			s, judged := k.draw(rand.New(rand.NewPCG(uint64(i), uint64(c)))), map[string]gate.Verdict{}
			for _, rival := range compared() {
				verdict, after := rival.check(s, judged)
				if found[rival.name] == nil {
					found[rival.name] = map[string]int{}
				}
				found[rival.name][verdict]++
				blocks[rival.name] += after
			}
		}
		for _, rival := range compared() {
			if *schedules > 0 {
				fmt.Printf("| %s | %s | %d | %s | %s | %.1f |\n", k.name, rival.name, n,
					percent(Rate{found[rival.name][gate.Pass], n}, false), percent(Rate{found[rival.name][gate.Regression], n}, false), float64(blocks[rival.name])/float64(n))
			}
		}
		if k.want != "" && (found["declared"][k.want] != n || float64(blocks["declared"]) > k.most*float64(n)) {
			t.Errorf("%s: %v after %d blocks of %d checks", k.name, found["declared"], blocks["declared"], n)
		}
	}
}

// The functions that were not taken spend what SciPy computes of them; the recipe is
// internal/looks/testdata/recipe.py.
func TestSchedulesEqualSciPy(t *testing.T) {
	data, err := os.ReadFile("../../../internal/looks/testdata/scipy.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Kind   string
		Levels []float64
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"pocock": "Pocock", "obrien-fleming": "O'Brien–Fleming"}
	for _, c := range cases {
		for _, s := range compared() {
			if s.name != names[c.Kind] {
				continue
			}
			for i, want := range c.Levels {
				if math.Abs(s.regression[i]-want) > 6e-5 || s.passes[i] != s.regression[i] {
					t.Errorf("%s, look %d: %v, want %v", s.name, i+1, s.regression[i], want)
				}
			}
			delete(names, c.Kind)
		}
	}
	if len(names) > 0 {
		t.Errorf("not compared: %v", names)
	}
}
