package plan

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
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
