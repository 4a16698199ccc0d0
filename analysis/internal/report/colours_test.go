package report

import (
	"fmt"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/plot"
	"github.com/assay-bench/assay/results"
)

func TestColoursDifferWithinAScenario(t *testing.T) {
	m := &results.Manifest{}
	scenario := func(names ...string) {
		s := results.Scenario{}
		for _, n := range names {
			s.Variants = append(s.Variants, results.Variant{Name: n})
		}
		m.Scenarios = append(m.Scenarios, s)
	}
	scenario("naive", "pool")
	for i := range 3 * plot.Colours {
		scenario("naive", fmt.Sprint("size-", i))
	}
	scenario("naive", "late", "pool", "size-1")
	slots := Colours([]*load.Run{{Bundle: &results.Bundle{Manifest: m}}})
	for _, s := range m.Scenarios {
		seen := map[int]string{}
		for _, v := range s.Variants {
			slot, ok := slots[v.Name]
			if !ok || slot < 0 || slot >= plot.Colours || seen[slot] != "" && len(s.Variants) < 4 {
				t.Errorf("%s has slot %d, as has %q", v.Name, slot, seen[slot])
			}
			seen[slot] = v.Name
		}
	}
	if slots["naive"] != 0 || slots["pool"] != 1 {
		t.Errorf("the first two: %v", slots)
	}
	crowd := &results.Manifest{}
	m = crowd
	var all []string
	for i := range plot.Colours + 3 {
		all = append(all, fmt.Sprint(i))
	}
	scenario(all...)
	for name, slot := range Colours([]*load.Run{{Bundle: &results.Bundle{Manifest: crowd}}}) {
		if slot < 0 || slot >= plot.Colours {
			t.Errorf("%s has slot %d", name, slot)
		}
	}
}
