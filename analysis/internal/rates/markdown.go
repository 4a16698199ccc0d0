package rates

import (
	"bytes"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/table"
)

// Part is the name of the generated part of a page, see package inpage.
const Part = "rates"

// Markdown writes the rates: the requirements of the gate with what was measured, then
// what other rules said of the same values, then the method.
func (r Rates) Markdown() string {
	var b bytes.Buffer
	h := r.Machine.Host
	fmt.Fprintf(&b, "Measured at commit `%s` on %s, %d CPUs, %s %s, %s: %d complete short checks in %.1f hours. Brackets hold the 95 %% interval of Clopper and Pearson, in per cent. A simulated rate has none: its checks are redraws of the same blocks, and an interval over redraws would not cover new checks. \"More\" means proven more, by Fisher's exact test at 5 %%. What is not proven may be so all the same: a few checks prove little, and the result says how many it would take. Between simulated rates the test takes every redraw for a check. Of rules that are compared on the same values it proves less than could be, because it takes their rates for those of different checks.\n\n",
		short(r.Machine.Commit), known(h.CPUModel, h.Arch), len(h.CPUs), h.OS, h.Kernel, h.GoVersion, r.checks(), r.Minutes/60)
	bars := table.Table{Head: []string{"what", "asked", "measured", "", "result"}, Left: map[int]bool{1: true, 2: true, 3: true, 4: true}}
	for _, x := range r.bars() {
		bars.Add(x.what, x.asked, x.measured, percent(x.rate, x.simulated), x.result)
	}
	// A bytes.Buffer does not fail.
	_ = bars.Markdown(&b)
	fmt.Fprintf(&b, "\nWhat the gate said, in per cent of the checks, and what other rules made of the values on which it decided: plain benchstat (some row worse at p < 0.05, unpaired) and fixed limits (some median worse by a factor of 1.1, or of 2).\n\n")
	beside := table.Table{Head: []string{"true change", "checks", "pass", "regression", "inconclusive", "benchstat", "× 1.1", "× 2"}}
	for _, x := range r.rows() {
		t := x.tally
		if t.Of == 0 {
			continue
		}
		cells := []string{x.what, strconv.Itoa(t.Of)}
		for _, hits := range []int{t.Pass, t.Regression, t.Inconclusive, t.Benchstat, t.Threshold11, t.Threshold20} {
			cells = append(cells, percent(Rate{hits, t.Of}, x.simulated))
		}
		beside.Add(cells...)
	}
	_ = beside.Markdown(&b)
	b.WriteString("\n" + r.method())
	return b.String()
}

// comparison is a line of the second table.
type comparison struct {
	what      string
	tally     Tally
	simulated bool
}

// rows are the lines of the second table: what was changed, and what the gate said.
func (r Rates) rows() []comparison {
	rows := []comparison{
		{"none, simulated", r.AA, true},
		{"none, simulated, builds exchanged", r.Exchanged, true},
		{"none, simulated, load in half of the blocks", r.Load, true},
		{"none, simulated, load in half of the blocks and nothing voided", r.Unguarded, true},
	}
	for _, p := range injected {
		rows = append(rows, comparison{fmt.Sprintf("+%d %%, simulated", p), r.Injected[p], true})
	}
	for _, n := range targetCounts {
		rows = append(rows,
			comparison{fmt.Sprintf("none, %d targets, simulated", n), r.Targets[n].Same, true},
			comparison{fmt.Sprintf("+%.0f %% in one of %d targets, simulated", 100*(slowTarget-1), n), r.Targets[n].Slower, true})
	}
	return append(rows,
		comparison{"none, real", r.Real[KindAA], false},
		comparison{"none, real, load in half of the blocks", r.Real[KindLoad], false},
		comparison{"+10 %, real", r.Real[KindSlow], false},
	)
}

// checks counts the recorded checks of all kinds.
func (r Rates) checks() int {
	n := 0
	for _, t := range r.Real {
		n += t.Of
	}
	return n
}

// method says how simulated checks are made, for readers who want to doubt them.
func (r Rates) method() string {
	var s strings.Builder
	fmt.Fprintf(&s, "A simulated check draws its blocks, with replacement, from the %d that the real A/A checks have: all %d rows of base, A/A copy and head of one moment together. "+
		"It has all looks. The levels of the checks are made equal first, because a single check does not see the machine change its pace between two. "+
		"\"Builds exchanged\" shuffles the three equal builds of every block, so that nothing is left that could tell them apart. "+
		"A change of +10 %% multiplies the head's times of all HTTP rows, and divides its rates, by 1.1; shares within the objective and Go benchmarks stay. "+
		"In the last three simulations +20 %% goes into a single row, drawn anew for every check; heavy tails add noise of the distribution t with two degrees of freedom and the scale of the recorded noise. "+
		"With several targets every row of the open load's latency stands once for each target, with values of a draw of its own. ",
		r.Pairs, r.Rows)
	if r.LoadPairs > 0 {
		fmt.Fprintf(&s, "In the checks under load another program wanted a core at the beginning of every second block. The harness sees that, voids the block and repeats it; Go benchmarks, which have no such guard, ran beside the program in every second block. "+
			"The simulation under load draws from the %d blocks of these checks. ", r.LoadPairs)
	}
	if r.Voided > 0 {
		fmt.Fprintf(&s, "\"Nothing voided\" does without the guard: in half of the blocks each trial is worse by what one of the %d voided trials was. ", r.Voided)
	}
	if len(r.LeftOut) > 0 {
		fmt.Fprintf(&s, "No blocks were taken from %s, where a row was marked, head was in doubt or the control was not whole. No row of a simulated check is, so simulated shares of inconclusive checks are lower bounds, and those of passes upper ones. ", strings.Join(r.LeftOut, ", "))
	}
	fmt.Fprintf(&s, "Judged again from the recordings, %d of %d checks get the verdict that they got.\n\n", r.Replayed.Hits, r.Replayed.Of)
	s.WriteString("`make bench-gate` makes the checks and keeps what they measured in `results/gate`; this part of the page is made from there, to the last digit, by\n\n" +
		"```sh\nbin/assay rates results/gate --into analysis/GATE.md\n```\n")
	return s.String()
}

// percent prints a rate in per cent. A rate of real checks has its interval beside it. A
// rate without tries is a dash.
func percent(r Rate, simulated bool) string {
	switch {
	case r.Of == 0:
		return "–"
	case simulated:
		return digits(r.Value(), r.Of)
	}
	low, high := r.Interval()
	return fmt.Sprintf("%s [%s, %s]", digits(r.Value(), r.Of), digits(low, r.Of), digits(high, r.Of))
}

// digits prints a share in per cent, with a decimal if there are enough tries for it.
func digits(v float64, of int) string {
	if of < 1000 {
		return strconv.FormatFloat(100*v, 'f', 0, 64)
	}
	// What is not nothing must not look like it, nor what is not all.
	if p := 100 * v; p > 0 && p < 0.05 || p > 99.95 && p < 100 {
		return strconv.FormatFloat(p, 'f', 2, 64)
	}
	return strconv.FormatFloat(math.Round(1000*v)/10, 'f', 1, 64)
}

// short is the beginning of a commit's name.
func short(commit string) string { return commit[:min(12, len(commit))] }

// known is a text, or what stands in its place if the text is empty.
func known(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
