package micro

import (
	"slices"
	"testing"

	"github.com/assay-bench/assay/results"
)

// Every number of blocks that was planned before is a look, as in runs.
func TestPlanned(t *testing.T) {
	for name, c := range map[string]struct {
		kept   kept
		blocks int
		want   []int
	}{
		"new":                         {kept{}, 6, []int{}},
		"made anew":                   {kept{made: &results.Micro{Blocks: 6, Looks: []int{3}}}, 6, []int{}},
		"continued":                   {kept{blocks: 6, made: &results.Micro{Blocks: 6, Looks: []int{}}}, 10, []int{6}},
		"continued again":             {kept{blocks: 10, made: &results.Micro{Blocks: 10, Looks: []int{6}}}, 14, []int{6, 10}},
		"completed":                   {kept{blocks: 4, made: &results.Micro{Blocks: 6, Looks: []int{}}}, 6, []int{}},
		"continued before it was all": {kept{blocks: 4, made: &results.Micro{Blocks: 6, Looks: []int{}}}, 10, []int{6}},
		"of an older version":         {kept{blocks: 6, made: &results.Micro{}}, 10, nil},
		"of nobody knows what":        {kept{blocks: 6}, 10, nil},
	} {
		var made results.Micro
		c.kept.planned(&made, c.blocks)
		if made.Blocks != c.blocks || !slices.Equal(made.Looks, c.want) || (made.Looks == nil) != (c.want == nil) {
			t.Errorf("%s: %d blocks, looks after %v; want %v", name, made.Blocks, made.Looks, c.want)
		}
	}
}
