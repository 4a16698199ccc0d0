package rates

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
)

// The latency of a stream is given to its targets, and what is slower is one of them.
func TestSampleOfTargets(t *testing.T) {
	rows := []Row{
		{Name: "HTTP/scenario=s-1", Unit: "p50-sec", Family: compare.FamilyHTTP, Better: "lower"},
		{Name: "HTTP/scenario=s-1", Unit: "p99-sec", Family: compare.FamilyHTTP, Better: "lower"},
		{Name: "HTTP/scenario=s-1", Unit: "within-slo-ratio", Family: compare.FamilyHTTP, Better: "higher", Share: true},
		{Name: "Record-2", Unit: "sec/op", Family: compare.FamilyMicro, Better: "lower"},
	}
	p := pool{rows: rows}
	for k := range 5 {
		var b block
		for v := range variants {
			for i := range rows {
				b[v] = append(b[v], float64(1+10*k+i))
			}
		}
		p.blocks = append(p.blocks, b)
	}
	r := rand.New(rand.NewPCG(1, 1))
	s := p.draw(r, 20, false)
	p.targets(3)(r, &s)
	var names []string
	for _, row := range s.rows {
		names = append(names, strings.TrimPrefix(row.Name, "HTTP/scenario=s-1")+" "+row.Unit)
	}
	want := []string{"/target=t0 p50-sec", "/target=t0 p99-sec", " within-slo-ratio", "Record-2 sec/op",
		"/target=t1 p50-sec", "/target=t1 p99-sec", "/target=t2 p50-sec", "/target=t2 p99-sec"}
	if !slices.Equal(names, want) {
		t.Fatalf("rows %q, want %q", names, want)
	}
	if slices.Equal(s.values[base][0], s.values[base][4]) || len(s.values[head][7]) != 20 {
		t.Error("two targets have the values of one draw, or too few")
	}
	slowerTarget(2)(r, &s)
	slow := map[string]int{}
	for i, row := range s.rows {
		if s.values[head][i][0] > 1.9*s.values[base][i][0] {
			slow[row.Name]++
		}
	}
	if len(slow) != 1 || slices.Max([]int{slow[s.rows[0].Name], slow[s.rows[4].Name], slow[s.rows[6].Name]}) != 2 {
		t.Errorf("slower are %v, want both rows of one target", slow)
	}
}
