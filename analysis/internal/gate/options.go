package gate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/units"
)

// Options say what is compared, and how large a change matters.
type Options struct {
	Base, Head string   // variants, within one input
	Metrics    []string // primary instead of the declared ones: "p99", "sec/op"
	Margins    []string // "5%" for all that are compared by ratio, "p99=10%"
}

// rules are the options resolved.
type rules struct {
	metrics       map[string]bool    // units; nil: the declared family
	margins       map[string]float64 // by unit
	ratio, shares float64            // for units without one of their own; 0: the unit's default
}

// resolve reads metrics and margins. present holds the units of the input; a name
// that is neither among them nor a known one is an error, because a mistyped
// margin that nothing heeds would go unnoticed.
func (o Options) resolve(present map[string]bool) (rules, error) {
	r := rules{margins: map[string]float64{}}
	for _, name := range o.Metrics {
		unit, err := unitOf("--metric", name, present)
		if err != nil {
			return r, err
		}
		if !present[unit] {
			return r, fmt.Errorf("--metric %s: the input has no %s (it has %s)", name, unit, strings.Join(slices.Sorted(maps.Keys(present)), ", "))
		}
		if r.metrics == nil {
			r.metrics = map[string]bool{}
		}
		r.metrics[unit] = true
	}
	for _, text := range o.Margins {
		name, value, named := strings.Cut(text, "=")
		if !named {
			value = text
		}
		m, points, err := margin(value)
		if err != nil {
			return r, fmt.Errorf("--margin %s: %w", text, err)
		}
		if !named {
			if points {
				r.shares = m
			} else {
				r.ratio = m
			}
			continue
		}
		unit, err := unitOf("--margin", name, present)
		if err != nil {
			return r, err
		}
		if points && !units.IsShare(unit) {
			return r, fmt.Errorf("--margin %s: %s is compared by ratio: say how many per cent, like %s=%s%%", text, unit, name, strings.TrimSuffix(value, "pp"))
		}
		r.margins[unit] = m
	}
	return r, nil
}

// margin reads "5%", or "1pp" for percentage points.
func margin(text string) (m float64, points bool, err error) {
	number, percent := strings.CutSuffix(text, "%")
	if !percent {
		number, points = strings.CutSuffix(text, "pp")
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil || !percent && !points {
		return 0, false, fmt.Errorf("want a change in per cent, like 5%% or p99=10%%, or in percentage points of a share, like within-slo=1pp")
	}
	if !(v > 0 && v < 100) {
		return 0, false, fmt.Errorf("want more than 0%% and less than 100%%: with no margin at all nothing ever passes")
	}
	return v / 100, points, nil
}

// unitOf returns the unit that a name stands for, which may be the unit itself; present holds
// the units of the input. The error names the flag, and suggests a name that is similar.
func unitOf(flag, name string, present map[string]bool) (string, error) {
	if present[name] {
		return name, nil
	}
	typed := units.Names()
	if unit, ok := typed[name]; ok {
		return unit, nil
	}
	known := map[string]bool{}
	for short, unit := range typed {
		if unit == name {
			return name, nil
		}
		known[short], known[unit] = true, true
	}
	maps.Copy(known, present)
	return "", fmt.Errorf("%s: unknown metric %q%s", flag, name, suggest(name, slices.Sorted(maps.Keys(known))))
}

// margin is the margin of a unit: its own, else one for all, else the default.
func (r rules) margin(unit string) float64 {
	general := r.ratio
	if units.IsShare(unit) {
		general = r.shares
	}
	switch m, ok := r.margins[unit]; {
	case ok:
		return m
	case general > 0:
		return general
	}
	return units.Margin(unit)
}

// suggest names the likeliest of the known words, or all of them if none is
// near.
func suggest(word string, known []string) string {
	best, distance := "", len(word)/2+1
	for _, k := range known {
		if d := edits(word, k); d < distance {
			best, distance = k, d
		}
	}
	switch {
	case best != "":
		return fmt.Sprintf(": did you mean %q?", best)
	case len(known) == 0:
		return ""
	}
	return " (known: " + strings.Join(known, ", ") + ")"
}

// edits is the number of letters to add, drop or change to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for i := range row {
		row[i] = i
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for k := range len(b) {
			change := diagonal
			if a[i] != b[k] {
				change++
			}
			diagonal = row[k+1]
			row[k+1] = min(change, row[k]+1, row[k+1]+1)
		}
	}
	return row[len(b)]
}
