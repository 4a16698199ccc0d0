package trend

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/verdict"
)

// levels are n values about each level in turn, with some noise.
func levels(n int, noise float64, at ...float64) []float64 {
	r := rand.New(rand.NewPCG(1, 2))
	var v []float64
	for _, level := range at {
		for range n {
			v = append(v, level+noise*r.NormFloat64())
		}
	}
	return v
}

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name string
		v    []float64
		want []int
	}{
		{"nothing", nil, nil},
		{"one", []float64{1}, nil},
		{"constant", levels(20, 0, 1), nil},
		{"noise", levels(40, 0.02, 1), nil},
		{"a step", levels(15, 0.01, 1, 1.1), []int{15}},
		{"two steps", levels(20, 0.01, 1, 1.1, 1.2), []int{20, 40}},
		{"up and back", levels(40, 0.01, 1, 1.1, 1), []int{40, 80}},
		{"too short", levels(3, 0.01, 1, 1.1), nil},
		{"one outlier", append(levels(20, 0.01, 1), 5), nil},
	} {
		var got []int
		for _, f := range changes(c.v, 0.01) {
			got = append(got, f.At)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func checksOf(unit, effect string, v ...float64) []Check {
	var checks []Check
	for i, x := range v {
		checks = append(checks, Check{fmt.Sprintf("day-%02d", i), []verdict.Row{{Name: "steady", Unit: unit, Effect: effect, Margin: 0.05, Loss: &x}}})
	}
	return checks
}

func TestSayings(t *testing.T) {
	for _, c := range []struct {
		name, unit, effect string
		v                  []float64
		want               []string
	}{
		{"worse", "p99-sec", "ratio", levels(10, 0, 0, 0.2), []string{"1 lasting change.", "5 % show one at a single look, and more over the looks of many checks", "steady p99-sec: worse since day-10, +0.0 % before and +20.0 % after (p ", "▁▁▁▁▁▁▁▁▁▁██████████"}},
		{"better", "goodput/s", "ratio", levels(10, 0, 0, -0.2), []string{"steady goodput/s: better since day-10", "-20.0 %"}},
		{"a share", "within-slo-ratio", "difference", levels(10, 0, 0, 0.03), []string{"worse since day-10, +0.00 pp before and +3.00 pp after"}},
		{"nothing", "p50-sec", "ratio", levels(11, 0, 0), []string{"Trend: no lasting change.", "▅▅▅▅▅▅▅▅▅▅▅"}},
		{"few", "p50-sec", "ratio", levels(3, 0, 0), []string{"3 checks, and it takes 11"}},
	} {
		var text strings.Builder
		if err := Write(&text, Follow(checksOf(c.unit, c.effect, c.v...)), false); err != nil {
			t.Fatal(err)
		}
		for _, want := range c.want {
			if !strings.Contains(text.String(), want) {
				t.Errorf("%s: %q is missing from\n%s", c.name, want, &text)
			}
		}
	}
}

// The level is shared: what one row alone would call a change, twenty do not.
func TestManyRowsShareTheLevel(t *testing.T) {
	one := levels(7, 0, 1, 1.2)
	checks := checksOf("p99-sec", "ratio", one...)
	if got := Follow(checks)[0].Changes; len(got) != 1 {
		t.Fatalf("alone: %v", got)
	}
	same := 1.0
	for i := range checks {
		for row := range 19 {
			checks[i].Rows = append(checks[i].Rows, verdict.Row{Name: fmt.Sprint(row), Loss: &same})
		}
	}
	if got := Follow(checks)[0].Changes; len(got) != 0 {
		t.Errorf("among twenty: %v", got)
	}
}

// One name in two packages is two rows, whatever machine measured them.
func TestPackagesAreRowsOfTheirOwn(t *testing.T) {
	var checks []Check
	for i := range 12 {
		zero, worse := 0.0, 0.3
		cpu := fmt.Sprintf(", cpu: model %d", i)
		checks = append(checks, Check{fmt.Sprint(i), []verdict.Row{
			{Name: "Find", Config: "pkg: a" + cpu, Unit: "sec/op", Loss: &zero}, {Name: "Find", Config: "pkg: b" + cpu, Unit: "sec/op", Loss: &worse},
		}})
	}
	series := Follow(checks)
	var got []string
	for _, s := range series {
		got = append(got, fmt.Sprintf("%s %d %v", s.Name, len(s.Points), s.Points[0].Value))
	}
	if diff := cmp.Diff([]string{"Find (a) 12 0", "Find (b) 12 0.3"}, got); diff != "" {
		t.Error(diff)
	}
}

// What is said to be enough is enough, and one check less is not.
func TestEnoughChecks(t *testing.T) {
	for rows := 1; rows <= 12; rows++ {
		least := stats.FewestForChange(level / float64(rows))
		for n := least - 1; n <= least; n++ {
			v := append(levels(n/2, 0, 1), levels(n-n/2, 0, 1.2)...)
			if found := len(changes(v, level/float64(rows))); found != n-least+1 {
				t.Errorf("%d rows, %d checks of %d: %d changes", rows, n, least, found)
			}
		}
	}
}

func TestGapsAreLeftOut(t *testing.T) {
	checks := checksOf("p99-sec", "ratio", 1, 2, 3)
	checks[1].Rows[0].Loss = nil
	s := Follow(append(checks, Check{Label: "empty"}))
	if len(s) != 1 {
		t.Fatalf("%d series", len(s))
	}
	want := []Point{{"day-00", 1}, {"day-02", 3}}
	if diff := cmp.Diff(want, s[0].Points); diff != "" {
		t.Error(diff)
	}
}

func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "odd [name]")
	for _, name := range []string{"b.json", "a.json", "c.txt", "d.json/x"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	one := filepath.Join(dir, "c.txt")
	got, err := Files([]string{one, dir})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{one, filepath.Join(dir, "a.json"), filepath.Join(dir, "b.json")}, got); diff != "" {
		t.Error(diff)
	}
	for _, bad := range []string{filepath.Join(dir, "d.json"), filepath.Join(dir, "none")} {
		if _, err := Files([]string{bad}); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}
