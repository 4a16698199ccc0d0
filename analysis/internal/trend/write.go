package trend

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/plain"
)

// shown is how many of the latest points a spark line shows.
const shown = 40

// Write writes the changes, then one line for every series, as text or Markdown.
func Write(w io.Writer, series []Series, markup bool) error {
	longest := 0
	t := table.Table{Head: []string{"name", "unit", "checks", "latest loss", "trend"}, Left: map[int]bool{1: true, 4: true}}
	var found []string
	safe := plain.Line
	if markup {
		safe = plain.Literal
	}
	for _, s := range series {
		longest = max(longest, len(s.Points))
		t.Add(safe(s.Name), safe(s.Unit), strconv.Itoa(len(s.Points)), s.Format(*s.Loss), s.spark())
		for _, c := range s.Changes {
			found = append(found, s.describe(c))
		}
	}
	least := stats.FewestForChange(level / float64(max(1, len(series))))
	switch {
	case longest < least:
		fmt.Fprintf(w, "Trend: %d %s, and it takes %d to see a change.\n", longest, plural(longest, "check"), least)
	case len(found) == 0:
		fmt.Fprintln(w, "Trend: no lasting change.")
	default:
		fmt.Fprintf(w, "Trend: %d lasting %s. They advise and refuse nothing: of trends without a change, %.0f %% show one at a single look, and more over the looks of many checks.\n\n",
			len(found), plural(len(found), "change"), 100*level)
		for _, f := range found {
			fmt.Fprintln(w, "- "+safe(f))
		}
	}
	fmt.Fprintln(w)
	if markup {
		return t.Markdown(w)
	}
	return t.Text(w)
}

// describe says since when a row stands on another level, and by how much.
func (s Series) describe(c Change) string {
	kind := "worse"
	if c.After < c.Before {
		kind = "better"
	}
	return fmt.Sprintf("%s %s: %s since %s, %s before and %s after (p %.2g)", s.Name, s.Unit, kind, s.Points[c.At].Check, s.Format(c.Before), s.Format(c.After), c.P)
}

var bars = []rune("▁▂▃▄▅▆▇█")

// spark draws the latest points as a line of characters. The height stands for at least
// twice the margin, so that differences that do not matter look small.
func (s Series) spark() string {
	v := values(s.Points)
	v = v[max(0, len(v)-shown):]
	low, high := slices.Min(v), slices.Max(v)
	if pad := s.Margin - (high-low)/2; pad > 0 {
		low, high = low-pad, high+pad
	}
	if low == high { // no margin and no change
		low, high = low-1, high+1
	}
	var line strings.Builder
	for _, x := range v {
		line.WriteRune(bars[min(len(bars)-1, int((x-low)/(high-low)*float64(len(bars))))])
	}
	return line.String()
}

// plural is the form of a noun for a number.
func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}
