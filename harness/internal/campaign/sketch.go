package campaign

import (
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/assay-bench/assay/harness/internal/text"
	"github.com/assay-bench/assay/results"
)

// sketchWidth is how many characters a sketch is wide.
const sketchWidth = 48

// sketch draws the latencies of every variant on one logarithmic axis: a dot at the p50, a
// bar at the p90 and an end at the p99, medians over trials. Targets are left out, because
// the table has them, and so are variants whose p99 falls among time-outs.
func sketch(out io.Writer, rows []*summary) error {
	const key = "p50 ●  p90 ┼  p99 ┤"
	lo, hi := math.Inf(1), 0.0
	widest := utf8.RuneCountInString(key)
	var shown []*summary
	for _, r := range rows {
		if p50, p99 := middle(r.p50), middle(r.p99); !r.target && p50 > 0 && !math.IsInf(p99, 0) {
			shown = append(shown, r)
			lo, hi = min(lo, p50), max(hi, p99)
			widest = max(widest, len(sketchName(r)))
		}
	}
	if len(shown) == 0 || hi <= lo {
		return nil
	}
	at := func(v float64) int {
		return int(math.Round(math.Log(v/lo) / math.Log(hi/lo) * (sketchWidth - 1)))
	}
	left, right := text.Number(lo)+" ms", text.Number(hi)+" ms"
	var b strings.Builder
	fmt.Fprintf(&b, "\n%*s  %s%s%s\n", widest, key, left, strings.Repeat(" ", max(1, sketchWidth-len(left)-len(right))), right)
	for _, r := range shown {
		line := []rune(strings.Repeat(" ", sketchWidth))
		from, to := at(middle(r.p50)), at(middle(r.p99))
		for i := from; i <= to; i++ {
			line[i] = '─'
		}
		line[to], line[at(middle(r.p90))], line[from] = '┤', '┼', '●'
		fmt.Fprintf(&b, "%*s  %s\n", widest, sketchName(r), strings.TrimRight(string(line), " "))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// sketchName is the name of a row without its first part, which all have.
func sketchName(r *summary) string { return strings.TrimPrefix(r.name, "BenchmarkHTTP/") }

// statuses says what was answered by each variant of which not every answer was as the
// scenario expects.
func statuses(out io.Writer, w *results.Writer) error {
	type tally struct {
		statuses map[string]uint64
		odd      bool
	}
	var order []string
	all := map[string]*tally{}
	for _, t := range (&results.Bundle{Manifest: w.Manifest, Trials: w.Done()}).Valid() {
		for i := range t.Streams {
			s := &t.Streams[i]
			name := strings.TrimPrefix(results.BenchName(&t, s, nil), "BenchmarkHTTP/")
			if all[name] == nil {
				all[name] = &tally{statuses: map[string]uint64{}}
				order = append(order, name)
			}
			a := all[name]
			a.odd = a.odd || s.Outcomes.OK < s.Outcomes.Total()
			for status, n := range s.Statuses {
				a.statuses[status] += n
			}
			for reason, n := range s.Errors {
				a.statuses[reason] += n
			}
			if n := s.Unexplained(); n > 0 {
				a.statuses["time-out"] += n
			}
		}
	}
	slices.Sort(order)
	begun := false
	for _, name := range order {
		if !all[name].odd {
			continue
		}
		if !begun {
			begun = true
			if _, err := fmt.Fprintf(out, "\nAnswers, over all trials:\n"); err != nil {
				return err
			}
		}
		var parts []string
		for _, status := range slices.Sorted(maps.Keys(all[name].statuses)) {
			parts = append(parts, fmt.Sprintf("%s × %s", status, text.Thousands(float64(all[name].statuses[status]))))
		}
		if _, err := fmt.Fprintf(out, "%s: %s\n", name, strings.Join(parts, ", ")); err != nil {
			return err
		}
	}
	return nil
}
