package gate

import (
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/compare"
	"github.com/assay-bench/assay/analysis/internal/load"
	"github.com/assay-bench/assay/analysis/internal/units"
)

// Collect turns one input, in which base and head are variants, or two into
// plain data. Every error means that nothing may be concluded: an input that
// cannot be read whole, a run that has not ended, sides with nothing in common,
// options that name what is not there.
func Collect(sources []load.Source, o Options) (Input, error) {
	if len(sources) == 1 && (o.Base == "" || o.Head == "") {
		return Input{}, fmt.Errorf("%s is one input: name the two variants to compare with --base and --head, or a second input", sources[0].Label())
	}
	if len(sources) == 2 {
		same, err := samePlace(sources[0], sources[1])
		if err != nil {
			return Input{}, err
		}
		if same || sources[0].Label() == sources[1].Label() {
			return Input{}, fmt.Errorf("both inputs are %s: name the old one and the new one", sources[0].Label())
		}
		if unlike := load.Unlike(sources[0], sources[1]); unlike != "" {
			return Input{}, fmt.Errorf("%s and %s were measured on machines that differ in %s: measure both on one, best in one run", sources[0].Label(), sources[1].Label(), unlike)
		}
		if unequal := load.UnequalSetups(sources[0], sources[1]); len(unequal) > 0 {
			return Input{}, fmt.Errorf("%s and %s did not measure the same thing:%smeasure both alike, best in one run", sources[0].Label(), sources[1].Label(), setups(unequal))
		}
	}
	found, err := inspect(sources)
	if err != nil {
		return Input{}, err
	}
	if len(sources) == 1 {
		if err := found.sides(o); err != nil {
			return Input{}, err
		}
	}
	r, err := o.resolve(found.units)
	if err != nil {
		return Input{}, err
	}
	c := &collector{rules: r, contents: found, options: o}
	if err := c.compare(sources); err != nil {
		return Input{}, err
	}
	c.in.Environment = load.Environment(sources, o.Base, o.Head)
	c.in.Doubts = c.doubts(sources)
	for _, s := range sources {
		if err := c.control(s); err != nil {
			return Input{}, err
		}
		if run, ok := s.(*load.Run); ok {
			c.remark(run)
			c.planned(run)
		}
	}
	return c.in, nil
}

// setups names what two inputs measured otherwise, each difference once, with the
// scenario and variant that has it first.
func setups(unequal []load.Unequal) string {
	var text strings.Builder
	var named []string
	for _, u := range unequal {
		if !slices.Contains(named, u.Scenario+u.What) {
			named = append(named, u.Scenario+u.What)
			fmt.Fprintf(&text, "\n%s, %s: %s", u.Scenario, u.Variant, u.What)
		}
	}
	return text.String() + "\n"
}

// samePlace reports whether two inputs are one file or folder under two names.
func samePlace(a, b load.Source) (bool, error) {
	var found [2]os.FileInfo
	for i, s := range []load.Source{a, b} {
		var path string
		switch s := s.(type) {
		case *load.Run:
			path = s.Dir
		case *load.Text:
			path = s.Path()
		}
		var err error
		if found[i], err = os.Stat(path); err != nil {
			return false, fmt.Errorf("read input: %w", err)
		}
	}
	return os.SameFile(found[0], found[1]), nil
}

type collector struct {
	rules
	*contents
	options Options
	in      Input
}

// compare fills in the rows.
func (c *collector) compare(sources []load.Source) error {
	table, err := compare.Collect(sources, compare.Options{Base: c.options.Base, Head: c.options.Head})
	if err != nil {
		return fmt.Errorf("%w%s", err, c.hint(len(sources)))
	}
	c.in.Paired = table.Paired
	c.in.BaseLabel, c.in.HeadLabel = table.Rows[0].Base.Label, table.Rows[0].Head.Label
	c.in.Alpha = alphaSingleLook
	if c.in.Paired {
		_, c.in.Resumable = sources[0].(*load.Run)
		c.in = c.in.at(c.blocks, c.looks)
	}
	rows := table.Rows
	beside(rows)
	if c.in.Paired {
		c.events(rows)
	}
	if len(sources) == 2 {
		rows = slices.DeleteFunc(rows, func(r compare.Row) bool { return c.isControl(r.Name) })
	}
	for _, r := range c.primary(rows) {
		// In a run every benchmark of base was measured in every block, so what it
		// lacks is new. A text may have lost it.
		if c.in.Resumable && r.Base.Results == 0 && !strings.HasPrefix(r.Name, "HTTP/") {
			c.in.NotGated = append(c.in.NotGated, NotGated{r.Name, r.Unit, "new in " + r.Head.Label})
			continue
		}
		if c.metrics != nil && r.Better == units.Unknown {
			return fmt.Errorf("--metric %s: nobody says which way is better; add a line \"Unit %s better=lower\" (or higher) to the input", r.Unit, r.Unit)
		}
		if few(r) == 2 && !lacks(r) {
			c.in.NotGated = append(c.in.NotGated, NotGated{r.Name, r.Unit, fmt.Sprintf("too few values on both sides: every trial needs %d", units.MinValues(r.Unit))})
			continue
		}
		c.in.Rows = append(c.in.Rows, c.row(r, c.in.Paired))
	}
	unknown := map[string]bool{}
	for _, r := range rows {
		if r.Better == units.Unknown && !unknown[r.Unit] {
			unknown[r.Unit] = true
			c.in.NotGated = append(c.in.NotGated, NotGated{"every row", r.Unit, "not judged, because nobody says which way is better: add a line \"Unit " + r.Unit + " better=lower\" (or higher) to the input"})
		}
	}
	if n := len(c.bare); n > 0 && c.in.Paired {
		c.in.NotGated = append(c.in.NotGated, NotGated{count(n, "benchmark", "benchmarks"), "", "no /variant= in the name, so neither base nor head: " + some(slices.Sorted(maps.Keys(c.bare)))})
	}
	return nil
}

// hint says what to do about sides that have nothing in common.
func (c *collector) hint(inputs int) string {
	if inputs == 2 {
		return "; names and configuration (goos, pkg, cpu, …) must be the same on both sides: were both made of the same benchmarks on the same machine?"
	}
	return "; variants with results: " + strings.Join(slices.Sorted(maps.Keys(c.variants)), ", ")
}

// isControl reports whether a row of two inputs belongs to a control, which is
// never base or head.
func (c *collector) isControl(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if v, ok := strings.CutPrefix(part, "variant="); ok {
			for _, variant := range []string{v, v[:max(strings.LastIndexByte(v, '-'), 0)]} {
				if c.controls[variant] || c.copies[variant] != "" {
					return true
				}
			}
		}
	}
	return false
}

// primary are the rows that a verdict rests on: those that were asked for, else
// the declared families, else all whose direction is known.
func (c *collector) primary(rows []compare.Row) []compare.Row {
	declared := slices.ContainsFunc(rows, func(r compare.Row) bool { return r.Family != "" })
	var primary []compare.Row
	for _, r := range rows {
		switch {
		case c.metrics != nil && !c.metrics[r.Unit]:
		case c.metrics == nil && declared && r.Family == "":
		case c.metrics == nil && r.Better == units.Unknown:
		default:
			primary = append(primary, r)
		}
	}
	return primary
}

// beside makes primary what no latency tells. The share of requests that were not
// answered well is primary in closed load, where failures that come at once leave
// goodput as it was, and in open load without a share within an objective. There
// goodput is primary too: a server that fails, hangs or falls behind leaves no
// latency, or one that may not be judged.
//
// In a stream with several targets the share of requests that were not answered well is
// primary for each target, in any load, and not for the stream: a target that is seldom
// asked could fail altogether. Goodput is the stream's.
//
// Controls do without these rows. The schedule sets the goodput of open load, and a
// share of failures that is 0 on both sides is the same whatever else differs, so that
// neither would vouch for anything.
func beside(rows []compare.Row) {
	type load struct{ config, name string }
	within := map[load]bool{}
	for _, r := range rows {
		if r.Unit == "within-slo-ratio" {
			within[load{r.Config, r.Name}] = true
		}
	}
	for i := range rows {
		r := &rows[i]
		// Goodput of closed load is primary in any case.
		switch {
		case r.Target != "" && r.Unit == "unanswered-ratio":
			r.Family = compare.FamilyHTTP
			continue
		case r.Target != "", r.Split && r.Unit == "unanswered-ratio":
			continue
		}
		stands := r.Unit == "goodput/s" || r.Unit == "unanswered-ratio"
		if stands && strings.HasPrefix(r.Name, "HTTP/") && !within[load{r.Config, r.Name}] {
			r.Family = compare.FamilyHTTP
		}
	}
}

// few counts the sides that have too few values for the row's quantile.
func few(r compare.Row) int {
	n := 0
	for _, m := range r.Marks {
		if m.Kind == compare.FewValues {
			n++
		}
	}
	return n
}

// lacks reports whether some trial has no value of the row.
func lacks(r compare.Row) bool {
	return slices.ContainsFunc(r.Marks, func(m compare.Mark) bool { return m.Kind == compare.Missing })
}

// row takes a row of a comparison for the rule: its values, its margin, and the reasons
// for which the rule may not judge it. paired says that base and head met the same
// blocks.
func (c *collector) row(r compare.Row, paired bool) Row {
	row := Row{
		Name: r.Name, Config: r.Config, Unit: r.Unit, Family: compare.FamilyMicro, Better: r.Better,
		Share: r.Difference, Margin: c.margin(r.Unit), Base: r.Base.Values, Head: r.Head.Values,
	}
	if strings.HasPrefix(r.Name, "HTTP/") {
		row.Family = compare.FamilyHTTP
	}
	forbid := func(format string, args ...any) {
		row.Marks = append(row.Marks, Mark{Text: fmt.Sprintf(format, args...)})
	}
	for _, m := range r.Marks {
		row.Marks = append(row.Marks, Mark{m.Text, m.Side == r.Base.Label, m.Side == r.Head.Label, m.Blocks, m.Bias})
	}
	for _, m := range r.Doubts {
		row.Doubts = append(row.Doubts, m.Text)
	}
	for _, side := range []compare.Side{r.Base, r.Head} {
		// In units that a file declares itself: of others no such value is read.
		if i := slices.IndexFunc(side.Values, func(v float64) bool { return v < 0 }); i >= 0 {
			forbid("%s has a value below zero: %v %s", side.Label, side.Values[i], r.Unit)
		}
	}
	switch {
	case len(r.Base.Values) == 0:
		forbid("only in %s", r.Head.Label)
	case len(r.Head.Values) == 0:
		forbid("only in %s", r.Base.Label)
	case paired && !r.Paired:
		forbid("%s has %s and %s %d: no result is known to belong to another", r.Base.Label, count(r.Base.Results, "result", "results"), r.Head.Label, r.Head.Results)
	}
	if n := r.Head.Results; !paired && row.Family == compare.FamilyMicro && n > 0 && n < r.Base.Results {
		// A benchmark that fails writes no result, and those that it wrote before may
		// be the good ones.
		row.Doubts = append(row.Doubts, fmt.Sprintf("%s has %s and %s %d: what is missing may have failed", r.Head.Label, count(n, "result", "results"), r.Base.Label, r.Base.Results))
	}
	if paired {
		row.align(r.Base, r.Head)
	}
	return row
}

// align puts values of one block side by side.
func (r *Row) align(base, head compare.Side) {
	b, h := base.ByBlock(), head.ByBlock()
	all := maps.Clone(b)
	maps.Copy(all, h)
	r.Base, r.Head = nil, nil
	for _, block := range slices.Sorted(maps.Keys(all)) {
		r.Blocks = append(r.Blocks, block)
		r.Base = append(r.Base, at(b, block))
		r.Head = append(r.Head, at(h, block))
	}
}

// at is the value of a block; NaN stands for none.
func at(m map[int]float64, block int) float64 {
	if v, ok := m[block]; ok {
		return v
	}
	return math.NaN()
}

// some lists the first few of many.
func some(names []string) string {
	if len(names) > 3 {
		return strings.Join(names[:3], ", ") + ", …"
	}
	return strings.Join(names, ", ")
}
