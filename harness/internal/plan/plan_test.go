package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/assay-bench/assay/results"
)

func cells(n int) []Cell {
	c := make([]Cell, n)
	for i := range c {
		c[i].Variant = fmt.Sprintf("v%d", i)
	}
	return c
}

func TestWilliamsSquares(t *testing.T) {
	for n := 1; n <= 9; n++ {
		position := map[[2]int]int{}
		follows := map[[2]int]int{}
		squares := williams(n)
		for _, sq := range squares {
			for _, row := range sq {
				for p, c := range row {
					position[[2]int{c, p}]++
					if p > 0 {
						follows[[2]int{row[p-1], c}]++
					}
				}
			}
		}
		for c := range n {
			for p := range n {
				if got := position[[2]int{c, p}]; got != len(squares) {
					t.Errorf("n=%d: cell %d at position %d %d times, want %d", n, c, p, got, len(squares))
				}
				if want := 2 - (n+1)%2; c != p && n > 1 && follows[[2]int{c, p}] != want {
					t.Errorf("n=%d: %d after %d %d times, want %d", n, p, c, follows[[2]int{c, p}], want)
				}
			}
		}
	}
}

func TestTwoVariantsAreHalfAndHalf(t *testing.T) {
	for seed := range uint64(50) {
		rows := order(2, 20, "s", seed)
		for d := range 2 {
			var ab int
			for _, r := range rows[10*d : 10*d+10] {
				if r[0] == 0 {
					ab++
				}
			}
			if ab != 5 {
				t.Fatalf("seed %d, decade %d: AB %d times of 10, want 5", seed, d, ab)
			}
		}
	}
}

func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		n := rapid.IntRange(1, 16).Draw(t, "cells")
		blocks := rapid.IntRange(1, 25).Draw(t, "blocks")
		less := rapid.IntRange(1, blocks).Draw(t, "less")
		scenarios := func(b int) []Scenario {
			return []Scenario{{"one", b, cells(n)}, {"two", b, cells(2)}}
		}
		long, short := New(scenarios(blocks), seed), New(scenarios(less), seed)
		if d := cmp.Diff(long[:len(short)], short); d != "" {
			t.Fatalf("the plan of %d blocks does not begin with that of %d:\n%s", blocks, less, d)
		}
		if len(long) != blocks*(n+2) {
			t.Fatalf("%d trials, want %d", len(long), blocks*(n+2))
		}
		seen := map[string]bool{}
		for i, tr := range long {
			if tr.Order != i+1 || seen[tr.ID] {
				t.Fatalf("trial %d has order %d and id %s", i+1, tr.Order, tr.ID)
			}
			seen[tr.ID] = true
			if tr.Seed != Seed(seed, tr.Scenario, tr.Block) || tr.Seed>>63 != 0 {
				t.Fatalf("%s: seed %d", tr.ID, tr.Seed)
			}
		}
	})
}

// planned are the trials of a run as a bundle keeps them.
func planned(scenarios []Scenario, seed uint64) (all []results.Planned) {
	for _, t := range New(scenarios, seed) {
		all = append(all, t.Planned)
	}
	return all
}

// own are a scenario's trials, without their places in the run.
func own(all []results.Planned, scenario string) (trials []results.Planned) {
	for _, p := range all {
		if p.Scenario == scenario {
			p.Order = 0
			trials = append(trials, p)
		}
	}
	return trials
}

// Whatever the numbers of blocks were and become, what was planned stays where it
// is, and every scenario has the trials that it has without the others.
func TestExtendProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		var steps [3][]Scenario
		for i := range rapid.IntRange(1, 3).Draw(t, "scenarios") {
			s := Scenario{Name: fmt.Sprint("s", i), Cells: cells(rapid.IntRange(1, 5).Draw(t, "cells"))}
			for k := range steps {
				s.Blocks += rapid.IntRange(1-min(k, 1), 12).Draw(t, "more blocks")
				steps[k] = append(steps[k], s)
			}
		}
		all := planned(steps[0], seed)
		for _, scenarios := range steps[1:] {
			was := all
			var err error
			if all, err = Extend(was, New(scenarios, seed)); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(was, all[:len(was)]); d != "" {
				t.Fatalf("what was planned is changed:\n%s", d)
			}
		}
		begun := map[string]bool{} // blocks
		last := ""
		for i, p := range all {
			if p.Order != i+1 {
				t.Fatalf("trial %d has order %d", i+1, p.Order)
			}
			block := fmt.Sprint(p.Scenario, " ", p.Block)
			if block != last && begun[block] {
				t.Fatalf("block %s is torn", block)
			}
			begun[block], last = true, block
		}
		for _, s := range steps[2] {
			if d := cmp.Diff(own(planned([]Scenario{s}, seed), s.Name), own(all, s.Name)); d != "" {
				t.Fatalf("%s is not planned as it is alone:\n%s", s.Name, d)
			}
		}
	})
}

// With as many blocks of every scenario the rounds go on as if they had been
// planned so.
func TestExtendOfEqualBlocksIsThePlan(t *testing.T) {
	scenarios := func(blocks int) []Scenario {
		return []Scenario{{"a", blocks, cells(3)}, {"b", blocks, cells(2)}}
	}
	got, err := Extend(planned(scenarios(10), 7), New(scenarios(20), 7))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(planned(scenarios(20), 7), got); d != "" {
		t.Error(d)
	}
}

func TestExtendRefuses(t *testing.T) {
	was := planned([]Scenario{{"a", 6, cells(2)}, {"b", 10, cells(2)}}, 7)
	for _, c := range []struct {
		name string
		now  []Trial
		want string
	}{
		{"fewer blocks of one", New([]Scenario{{"a", 8, cells(2)}, {"b", 8, cells(2)}}, 7), "b09 is planned and would be left out"},
		{"a scenario less", New([]Scenario{{"b", 10, cells(2)}}, 7), "b01 is planned and would be left out"},
		{"another seed", New([]Scenario{{"a", 6, cells(2)}, {"b", 10, cells(2)}}, 8), " is planned where "},
		{"another variant", New([]Scenario{{"a", 6, cells(3)}, {"b", 10, cells(2)}}, 7), " is planned where "},
	} {
		if _, err := Extend(was, c.now); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A block is a comparison: what is added to it later was not made beside the rest.
// A plan in which a number was changed is not continued: others count by it.
func TestExtendRefusesDamage(t *testing.T) {
	for name, damage := range map[string]func(*results.Planned){
		"order":   func(p *results.Planned) { p.Order = 0 },
		"block":   func(p *results.Planned) { p.Block++ },
		"variant": func(p *results.Planned) { p.Variant = "other" },
		"matrix":  func(p *results.Planned) { p.Matrix = map[string]string{"k": "v"} },
		"seed":    func(p *results.Planned) { p.Seed++ },
	} {
		was := planned([]Scenario{{"a", 2, cells(2)}}, 7)
		damage(&was[1])
		if _, err := Extend(was, New([]Scenario{{"a", 4, cells(2)}}, 7)); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestExtendAddsNothingToABlock(t *testing.T) {
	for seed := range uint64(20) {
		was := planned([]Scenario{{"a", 1, cells(1)}, {"b", 1, cells(1)}}, seed)
		for _, blocks := range []int{1, 2} {
			if all, err := Extend(was, New([]Scenario{{"a", blocks, cells(2)}, {"b", blocks, cells(1)}}, seed)); err == nil {
				t.Errorf("seed %d, %d blocks: %v", seed, blocks, all)
			}
		}
	}
}

func TestEveryRoundHoldsEveryScenario(t *testing.T) {
	trials := New([]Scenario{{"a", 2, cells(2)}, {"b", 1, cells(1)}}, 7)
	var got []string
	for _, tr := range trials {
		got = append(got, fmt.Sprintf("%s%d", tr.Scenario, tr.Block))
	}
	if want := []string{"a1", "a1", "b1", "a2", "a2"}; !slices.Equal(got, want) {
		t.Errorf("order %v, want %v", got, want)
	}
}

func TestLayoutsDiffer(t *testing.T) {
	seen := map[uint64]string{}
	for _, tr := range New([]Scenario{{"a", 10, cells(3)}}, 7) {
		if other, ok := seen[tr.Layout]; ok {
			t.Errorf("%s and %s have the same layout", tr.ID, other)
		}
		seen[tr.Layout] = tr.ID
	}
}
