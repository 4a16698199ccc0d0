package effect

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"golang.org/x/perf/benchmath"
	"golang.org/x/perf/benchunit"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/stats"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/analysis/internal/units"
	"github.com/assay-bench/assay/internal/plain"
)

// jsonSide is one column of a row. Values are in base units.
type jsonSide struct {
	// Label is the value of the column. Median, Low and High are in base units, and
	// Confidence is that of the interval, from 0 to 1. N is how many values there are.
	Label      string   `json:"label"`
	N          int      `json:"n"`
	Median     *float64 `json:"median"`
	Low        *float64 `json:"low"`
	High       *float64 `json:"high"`
	Confidence *float64 `json:"confidence"`
}

// jsonRow is a row with all that is known of it. Its keys are a format that others
// read: new ones are added and none changes its meaning.
type jsonRow struct {
	// Name, Config, Unit and Better are as in [compare.Row]; Better is "lower" or
	// "higher".
	Name   string   `json:"name"`
	Config string   `json:"config"`
	Unit   string   `json:"unit"`
	Better string   `json:"better"`
	Base   jsonSide `json:"base"`
	Head   jsonSide `json:"head"`
	Delta  *float64 `json:"delta"` // change of the medians, as benchstat prints it
	// Effect is "ratio", or "difference" for shares. The next three are the effect and
	// the ends of its interval: head over base, or head minus base.
	Effect     string   `json:"effect"`
	Ratio      *float64 `json:"ratio"`
	RatioLow   *float64 `json:"ratio_low"`
	RatioHigh  *float64 `json:"ratio_high"`
	NoRatio    *string  `json:"no_ratio"` // why the three are null, such as "base is 0"; null if they are not
	Confidence *float64 `json:"ratio_confidence"`
	// P, PMannWhitney and PAdjusted are the p-values of [Row].
	P            *float64 `json:"p"`
	PMannWhitney *float64 `json:"p_mann_whitney"`
	PAdjusted    *float64 `json:"p_adjusted"`
	Family       string   `json:"family"`
	Method       string   `json:"method"`
	// Detectable is the smallest effect that the test would have seen with 80 % power.
	Detectable *float64 `json:"smallest_detectable"`
	Verdict    *string  `json:"verdict"` // null: only one side has the row
	Notes      []string `json:"notes"`
}

// JSON writes an array of rows. If "effect" is "difference", the ratio fields hold
// differences of shares. Numbers that do not exist are null.
func (res *Result) JSON(w io.Writer) error {
	rows := []jsonRow{}
	for _, r := range res.Rows {
		j := jsonRow{
			Name: r.Name, Config: r.Config, Unit: r.Unit, Better: r.Better.String(), Base: sideOf(r.Base), Head: sideOf(r.Head),
			Delta: number(r.Delta), Effect: "ratio", Ratio: number(r.Effect.Center), RatioLow: number(r.Effect.Low),
			RatioHigh: number(r.Effect.High), Confidence: number(r.Effect.Confidence), P: number(r.P),
			PMannWhitney: number(r.PMannWhitney), PAdjusted: number(r.PAdjusted), Family: r.Family, Method: r.Method,
			Detectable: number(r.Detectable), Notes: append([]string{}, r.Notes...),
		}
		if r.Difference {
			j.Effect = "difference"
		}
		if r.Verdict != "" {
			j.Verdict = &r.Verdict
		}
		if r.NoRatio != "" {
			j.NoRatio = &r.NoRatio
		}
		rows = append(rows, j)
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(rows)
}

// sideOf is a column for JSON. The median of no values has n = 0 and null for its
// numbers.
func sideOf(s compare.Side) jsonSide {
	m := s.Median
	return jsonSide{s.Label, m.N, number(m.Center), number(m.Low), number(m.High), number(m.Confidence)}
}

// number returns a pointer for JSON. It returns nil for a number that JSON cannot
// represent.
func number(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// CSV writes one line per row, with plain numbers in base units.
func (res *Result) CSV(w io.Writer) error {
	t := table.Table{Head: []string{"name", "config", "unit", "better", "base", "base_n", "base_median", "base_low", "base_high",
		"head", "head_n", "head_median", "head_low", "head_high", "delta", "effect", "ratio", "ratio_low", "ratio_high", "no_ratio",
		"p", "p_mann_whitney", "p_adjusted", "method", "smallest_detectable", "verdict", "notes"}}
	f := func(v float64) string {
		if number(v) == nil {
			return ""
		}
		return strconv.FormatFloat(v, 'g', -1, 64)
	}
	for _, r := range res.Rows {
		b, h := r.Base.Median, r.Head.Median
		effect := "ratio"
		if r.Difference {
			effect = "difference"
		}
		t.Add(r.Name, r.Config, r.Unit, r.Better.String(), r.Base.Label, strconv.Itoa(b.N), f(b.Center), f(b.Low), f(b.High),
			r.Head.Label, strconv.Itoa(h.N), f(h.Center), f(h.Low), f(h.High), f(r.Delta), effect,
			f(r.Effect.Center), f(r.Effect.Low), f(r.Effect.High), r.NoRatio, f(r.P), f(r.PMannWhitney), f(r.PAdjusted), r.Method,
			f(r.Detectable), r.Verdict, strings.Join(r.Notes, "; "))
	}
	return t.CSV(w)
}

// Text writes one aligned table per unit and pair of columns.
func (res *Result) Text(w io.Writer) error { return res.tables(w, false) }

// Markdown writes one pipe table per unit and pair of columns.
func (res *Result) Markdown(w io.Writer) error { return res.tables(w, true) }

// tables writes the tables one below the other, each with notes of its own, and the
// legend once.
func (res *Result) tables(w io.Writer, markup bool) error {
	write, heading, escape := (*table.Table).Text, "%s\n", plain.Line
	if markup {
		write, heading, escape = (*table.Table).Markdown, "**%s**\n\n", plain.Literal
	}
	for first := 0; first < len(res.Rows); {
		last := first
		for last < len(res.Rows) && res.Rows[last].sameTable(res.Rows[first]) {
			last++
		}
		if first > 0 {
			fmt.Fprintln(w)
		}
		t, notes := res.unitTable(res.Rows[first:last])
		fmt.Fprintf(w, heading, escape(title(res.Rows[first])))
		for _, row := range append(t.Rows, t.Head) {
			for i := range row {
				row[i] = escape(row[i])
			}
		}
		if err := write(t, w); err != nil {
			return err
		}
		if len(notes) > 0 && markup {
			fmt.Fprintln(w)
		}
		for i, n := range notes {
			end := ""
			if markup && i < len(notes)-1 {
				end = "<br>"
			}
			fmt.Fprintf(w, "%s %s%s\n", superscript(i+1), escape(n), end)
		}
		first = last
	}
	fmt.Fprintf(w, "\n%s\n", strings.Join(each(strings.Split(res.legend(), "\n"), escape), "\n"))
	return nil
}

// each applies a function to every line.
func each(lines []string, f func(string) string) []string {
	for i := range lines {
		lines[i] = f(lines[i])
	}
	return lines
}

// sameTable reports whether two rows stand in one table.
func (r Row) sameTable(o Row) bool {
	return r.Config == o.Config && r.Unit == o.Unit && r.Head.Label == o.Head.Label
}

// title names the table: its unit, which direction is better, and the configuration.
func title(r Row) string {
	s := r.Unit
	if r.Better != units.Unknown {
		s += " (" + r.Better.String() + " is better)"
	}
	if r.Config != "" {
		s += ", " + r.Config
	}
	return s
}

// unitTable is the table of rows of one unit, with the notes that its cells refer to by
// number. A note that several rows have stands once.
func (res *Result) unitTable(rows []Row) (*table.Table, []string) {
	first := rows[0]
	t := &table.Table{
		Head: []string{"name", first.Base.Label, first.Head.Label, "vs base", "p", "effect [95 %]", "adjusted p", "detects", "verdict"},
		Left: map[int]bool{8: true},
	}
	var notes []string
	class := benchunit.ClassOf(first.Unit)
	for _, r := range rows {
		scale := benchunit.CommonScale(printed(r.Base.Median, r.Head.Median), class)
		var refs []string
		for _, n := range r.Notes {
			i := 0
			for i < len(notes) && notes[i] != n {
				i++
			}
			if i == len(notes) {
				notes = append(notes, n)
			}
			refs = append(refs, superscript(i+1))
		}
		t.Add(r.Name, center(r.Base.Median, scale), center(r.Head.Median, scale), r.delta(), pValue(r.P), r.effect(),
			pValue(r.PAdjusted), r.detects(), strings.TrimSpace(r.Verdict+" "+strings.Join(refs, " ")))
	}
	for _, g := range res.Geomeans {
		if g.Rows < 2 || g.Config != first.Config || g.Unit != first.Unit || g.HeadLabel != first.Head.Label {
			continue
		}
		cells := []string{"geomean", "–", "–", "–"}
		for i, v := range []float64{g.Base, g.Head} {
			if !math.IsNaN(v) {
				cells[i+1] = benchunit.Scale(v, class)
			}
		}
		if !math.IsNaN(g.Delta) {
			cells[3] = fmt.Sprintf("%+.2f%%", 100*g.Delta)
		}
		if !g.Complete {
			notes = append(notes, "the rows of the two columns differ: their geometric means may not compare")
			cells = append(cells, "", "", "", "", superscript(len(notes)))
		}
		t.Add(cells...)
	}
	return t, notes
}

// printed returns the medians that a table shows as numbers. Other values must not
// affect the choice of the scale.
func printed(medians ...stats.Estimate) []float64 {
	var v []float64
	for _, e := range medians {
		if e.N > 0 && finite([]float64{e.Center}) {
			v = append(v, e.Center)
		}
	}
	return v
}

// center formats a median as benchstat does, with its interval in per cent.
func center(e stats.Estimate, s benchunit.Scaler) string {
	switch {
	case e.N == 0:
		return "–"
	case math.IsInf(e.Center, 1):
		return "> time-out"
	}
	lo, hi := e.Low, e.High
	if !e.Bounded() {
		lo, hi = math.Inf(-1), math.Inf(1)
	}
	return s.Format(e.Center) + " ± " + benchmath.Summary{Center: e.Center, Lo: lo, Hi: hi}.PctRangeString()
}

// delta is the delta of benchstat: the change of the medians, if benchstat's own
// test is significant.
func (r Row) delta() string {
	if r.Base.Median.N == 0 || r.Head.Median.N == 0 {
		return "–"
	}
	c := benchmath.Comparison{P: r.PMannWhitney, Alpha: Alpha, N1: r.Base.Median.N, N2: r.Head.Median.N}
	return c.FormatDelta(r.Base.Median.Center, r.Head.Median.Center)
}

// pValue prints a p-value with three digits, or five if it is small.
func pValue(p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p > 0 && p < 0.001:
		return strconv.FormatFloat(p, 'f', 5, 64)
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// effect prints the effect with its interval, or why there is none.
func (r Row) effect() string {
	e := r.Effect
	switch {
	case r.NoRatio != "":
		return "no ratio: " + r.NoRatio
	case math.IsNaN(e.Center):
		return "–"
	case r.Difference && !e.Bounded():
		return fmt.Sprintf("%+.2f pp", 100*e.Center)
	case r.Difference:
		return fmt.Sprintf("%+.2f pp [%+.2f, %+.2f]", 100*e.Center, 100*e.Low, 100*e.High)
	case !e.Bounded():
		return fmt.Sprintf("×%.3f", e.Center)
	}
	return fmt.Sprintf("×%.3f [%.3f, %.3f]", e.Center, e.Low, e.High)
}

// detects prints the smallest effect that the row could have shown.
func (r Row) detects() string {
	switch {
	case math.IsNaN(r.Detectable):
		return "–"
	case r.Difference:
		return fmt.Sprintf("%.2f pp", 100*r.Detectable)
	}
	return fmt.Sprintf("%.1f %%", 100*r.Detectable)
}

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹"

// superscript writes the number of a note.
func superscript(n int) string {
	digits := []rune(superscripts)
	var s []rune
	for _, d := range strconv.Itoa(n) {
		s = append(s, digits[d-'0'])
	}
	return string(s)
}
