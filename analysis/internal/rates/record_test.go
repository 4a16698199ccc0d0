package rates

import (
	"fmt"
	"math"
	"testing"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/gate"
)

// A block in which something else delayed the generator has no value on that side. Every
// other mark stays, and with it the check is left out of simulations.
func TestLeaveOutDelayedBlocks(t *testing.T) {
	g := gate.Row{Blocks: []int{1, 2, 4}, Marks: []gate.Mark{
		{Text: "delayed base", Base: true, Blocks: []int{4}, Bias: compare.Delays},
		{Text: "delayed head", Head: true, Blocks: []int{1, 3}, Bias: compare.Delays},
		{Text: "saturated", Head: true, Blocks: []int{2}, Bias: compare.Flatters},
	}}
	base, head := Values{1, 2, 4}, Values{1, 2, 4}
	if left := leaveOut(g, base, head); fmt.Sprint(left) != "[saturated]" {
		t.Errorf("marks left: %v", left)
	}
	if fmt.Sprint(base) != fmt.Sprint(Values{1, 2, math.NaN()}) || fmt.Sprint(head) != fmt.Sprint(Values{math.NaN(), 2, 4}) {
		t.Errorf("base %v, head %v", base, head)
	}
	again := Values{1, 2, 4}
	if leaveOut(g, nil, again); fmt.Sprint(again) != fmt.Sprint(Values{math.NaN(), 2, 4}) {
		t.Errorf("copy %v", again)
	}
}
