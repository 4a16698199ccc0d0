package synthetic

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/assay-bench/assay/analysis/internal/gate"
)

// BenchmarkOne is what one check costs.
//
//	go test ./analysis/internal/synthetic -run xxx -bench One
func BenchmarkOne(b *testing.B) {
	for _, rows := range []int{3, 9, 30, 200} {
		for _, copies := range []Copies{EveryCopy, NoCopy} {
			b.Run(fmt.Sprintf("rows=%d/copies=%s", rows, copies), func(b *testing.B) {
				c := Cell{Section: Level, World: World{Rows: rows, Noise: Normal, CV: 0.10, Shared: 0.5, Copies: copies}}
				n := 0
				for b.Loop() {
					c.one(n)
					n++
				}
			})
		}
	}
}

func TestCellsHaveNamesOfTheirOwn(t *testing.T) {
	seen := map[string]bool{}
	rows := map[int]bool{}
	for _, c := range Cells() {
		if seen[c.Name()] || c.Checks < 1 || c.Checks > Most || noises[c.World.Noise] == nil || c.World.Rows == 0 {
			t.Errorf("%q, %d checks: a second one, or no cell", c.Name(), c.Checks)
		}
		seen[c.Name()] = true
		rows[c.World.Rows] = true
	}
	if len(seen) < 200 || !rows[3] || !rows[30] || !rows[200] {
		t.Errorf("%d cells, of %v rows", len(seen), rows)
	}
}

func TestDraw(t *testing.T) {
	w := World{Rows: 7, Noise: Normal, CV: 1e-9, Shared: 0.5, Copies: SomeCopy, Effect: 0.1, Bad: 1, Slow: 2, Lost: 3}
	c := w.draw(rand.New(rand.NewPCG(1, 1)), 12)
	lost := 0
	for b := range 12 {
		if math.IsNaN(c.values[head][0][b]) {
			lost++
			if !math.IsNaN(c.values[base][6][b]) || b > 9 {
				t.Errorf("block %d is lost in part, or is none of the first ten", b)
			}
			continue
		}
		for i, want := range []float64{2.2, 2, 2, 1, 1, 1, 1} {
			if got := c.values[head][i][b]; math.Abs(got-want) > 1e-6 || math.Abs(c.values[base][i][b]-1) > 1e-6 {
				t.Errorf("row %d: head %v and base %v, want %v and 1", i, got, c.values[base][i][b], want)
			}
		}
	}
	if lost != 3 {
		t.Errorf("%d blocks are lost", lost)
	}
	in := c.input(10, []int{6})
	if len(in.Rows) != 7 || len(in.Rows[0].Base) != 10 || len(in.Controls) != 1 || len(in.Controls[0].Rows) != 4 || math.Abs(in.Alpha-0.004) > 1e-12 {
		t.Errorf("%d rows, controls %+v, level %v", len(in.Rows), in.Controls, in.Alpha)
	}
	w.All = true
	if got := w.draw(rand.New(rand.NewPCG(1, 1)), 12).values[head][6][11]; math.Abs(got-1.1) > 1e-6 {
		t.Errorf("a change in all rows makes %v of the last", got)
	}
}

// The rows of one scenario depend on each other as the world says, and no others do.
func TestCorrelation(t *testing.T) {
	for _, shared := range []float64{0, 0.5, 0.9} {
		c := World{Rows: 4, Noise: Normal, CV: 0.1, Shared: shared}.draw(rand.New(rand.NewPCG(7, 7)), 4000)
		with := func(a, b int) float64 {
			sum := 0.0
			for k := range 4000 {
				sum += math.Log(c.values[base][a][k]) * math.Log(c.values[base][b][k])
			}
			return sum / 4000 / 0.01
		}
		if one, two, other := with(0, 0), with(0, 2), with(0, 3); math.Abs(one-1) > 0.1 || math.Abs(two-shared) > 0.1 || math.Abs(other) > 0.1 {
			t.Errorf("correlation %v: variance %.2f, of one scenario %.2f, of two %.2f", shared, one, two, other)
		}
	}
}

// What is decided without noise is decided by both rules, and only the present one is
// final at its first look.
func TestRulesOnQuietChecks(t *testing.T) {
	for _, c := range []struct {
		world         World
		verdict       string
		blocks, first int
	}{
		{World{Rows: 9, Noise: Normal, CV: 0.005, Copies: EveryCopy}, gate.Pass, 10, 10},
		{World{Rows: 9, Noise: Normal, CV: 0.005, Copies: EveryCopy, Effect: 0.2}, gate.Regression, 6, 20},
		{World{Rows: 9, Noise: Normal, CV: 0.005, Effect: 0.2}, gate.Regression, 10, 20},
	} {
		made := c.world.draw(rand.New(rand.NewPCG(3, 3)), 20)
		if verdict, blocks := byLooks(made); verdict != c.verdict || blocks > c.blocks {
			t.Errorf("%+v: %s after %d blocks", c.world, verdict, blocks)
		}
		if verdict, blocks := byFirst(made); verdict != c.verdict || blocks != c.first {
			t.Errorf("%+v: the first version says %s after %d blocks", c.world, verdict, blocks)
		}
	}
}

// With its control firing, or with fewer blocks than it needs, the first version's rule
// does not judge.
func TestFirstRuleRefuses(t *testing.T) {
	w := World{Rows: 3, Noise: Normal, CV: 0.005, Copies: EveryCopy, Effect: 0.2}
	c := w.draw(rand.New(rand.NewPCG(4, 4)), 10)
	for _, factor := range []float64{1.2, 1 / 1.2} {
		for b := range c.values[again][1] {
			c.values[again][1][b] = factor * c.values[base][1][b]
		}
		if got := firstOnce(c, 10, 0.02); got != gate.Inconclusive {
			t.Errorf("with a copy that is slower by × %v: %s", factor, got)
		}
	}
	w.Lost = 3
	if got := firstOnce(w.draw(rand.New(rand.NewPCG(4, 4)), 10), 10, 0.02); got != gate.Inconclusive {
		t.Errorf("with seven blocks: %s", got)
	}
}

// few are cells that are quick to make.
func few() []Cell {
	return []Cell{
		{Level, World{Rows: 3, Noise: Normal, CV: 0.10, Shared: 0.5, Copies: NoCopy}, 10, 6},
		{Mixtures, World{Rows: 3, Noise: Lognormal, CV: 0.01, Copies: NoCopy, Bad: 0.25, Slow: 1.4}, 10, 9},
	}
}

// A simulation gives the same counts in whatever portions it is made, also if it was
// interrupted.
func TestRunIsResumed(t *testing.T) {
	whole := Records{}
	if err := run(t.Context(), few(), whole, Most, func(Progress) error { return nil }); err != nil {
		t.Fatal(err)
	}
	for _, c := range few() {
		if got := whole[c.Name()].Checks; got != c.Checks {
			t.Errorf("%s: %d checks, want %d", c.Name(), got, c.Checks)
		}
	}
	parts := Records{}
	for _, most := range []int{1, 4} {
		if err := run(t.Context(), few(), parts, most, func(Progress) error { return nil }); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	saved := 0
	err := run(ctx, few(), parts, Most, func(at Progress) error {
		saved++
		stop()
		if at.Want != 15 || at.Done <= 8 {
			t.Errorf("progress is %+v", at)
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || saved != 1 {
		t.Errorf("interrupted: %v after %d portions", err, saved)
	}
	if err := run(t.Context(), few(), parts, Most, func(Progress) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(whole, parts); d != "" {
		t.Errorf("-at once +in portions\n%s", d)
	}
	fails := errors.New("disk full")
	if err := run(t.Context(), few(), Records{}, 1, func(Progress) error { return fails }); !errors.Is(err, fails) {
		t.Errorf("what cannot be saved: %v", err)
	}
}

// What another rule judged is made anew.
func TestRecordsOfAnotherRule(t *testing.T) {
	name := few()[0].Name()
	records := Records{name: {Cell: name, Rule: "another", Checks: 1000, Now: Tally{Pass: 999}}}
	if err := run(t.Context(), few(), records, 2, func(Progress) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if r := records[name]; r.Checks != 2 || r.Rule != Rule() {
		t.Errorf("%+v", r)
	}
}

// published is a cell that the page has.
func published(s Section) Cell {
	all := Cells()
	return all[slices.IndexFunc(all, func(c Cell) bool { return c.Section == s })]
}

func TestRecordsRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gate")
	records, err := Read(dir)
	if err != nil || len(records) != 0 {
		t.Fatalf("of a folder that is not there: %v, %v", records, err)
	}
	for _, s := range []Section{Level, Power, Mixtures, Shapes} {
		c := published(s)
		records[c.Name()] = Record{Cell: c.Name(), Rule: "r", Checks: 7, Now: Tally{3, 2, 90}, First: Tally{1, 0, 140}}
	}
	if err := records.Write(dir); err != nil {
		t.Fatal(err)
	}
	again, err := Read(dir)
	if d := cmp.Diff(records, again); err != nil || d != "" {
		t.Errorf("%v, -written +read\n%s", err, d)
	}
	records["no cell"] = Record{Cell: "no cell", Checks: 1}
	if err := records.Write(dir); err != nil {
		t.Fatal(err)
	}
	if again, err = Read(dir); err != nil || len(again) != 4 {
		t.Errorf("%d records, %v: one of no cell was kept", len(again), err)
	}
	for _, bad := range []string{"{", `{"cell":"a","checks":0}`, `{"cell":"a","checks":2,"now":{"pass":2,"regression":1}}`, `{"cell":"a","checks":2,"first":{"pass":-1}}`} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(bad+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), file+":1: ") {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

func TestSituationsRoundTrip(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "gate")
	all, err := ReadSituations(dir)
	if err != nil || len(all) != 0 || all.Markdown() != "" {
		t.Fatalf("of a folder that is not there: %v, %v", all, err)
	}
	*all.Find("slow", 10, gate.Regression) = Situation{"slow", 10, Rule(), gate.Regression, 60, 59, 1, 3, 60}
	*all.Find("slow", 20, gate.Regression) = Situation{"slow", 20, "another", gate.Regression, 7, 7, 0, 0, 0}
	all.Find("none yet", 20, gate.Regression)
	if err := all.Write(dir); err != nil {
		t.Fatal(err)
	}
	again, err := ReadSituations(dir)
	if d := cmp.Diff(all[:2], again); err != nil || d != "" {
		t.Errorf("%v, -written +read\n%s", err, d)
	}
	if text := again.Markdown(); !strings.Contains(text, "| slow | regression | 10 | 59 of 60: 98 [91, 100] | 1 | 3 of 60 |\n| slow | regression | 20 | 7 of 7: 100 [59, 100] | 0 | – |\n") {
		t.Errorf("the table is\n%s", text)
	}
	if s := again.Find("slow", 10, gate.Regression); s.Checks != 60 {
		t.Errorf("a situation of the present rule is lost: %+v", s)
	}
	if s := again.Find("slow", 20, gate.Regression); s.Checks != 0 || s.Rule != Rule() {
		t.Errorf("a situation of another rule is continued: %+v", s)
	}
	if err := os.WriteFile(filepath.Join(dir, situationsFile), []byte(`{"situation":"a","checks":1,"said":2}`), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadSituations(dir); err == nil || !strings.Contains(err.Error(), situationsFile+":1: ") {
		t.Errorf("more said than checked: %v", err)
	}
}
