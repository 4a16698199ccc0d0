package compare

import (
	"regexp"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/units"
)

// targetPart matches the target in a benchmark name. The name of a target does not end
// like a number of processors.
var targetPart = regexp.MustCompile(`/target=([a-z0-9-]+?)(-[0-9]+)?$`)

// splitName returns the name of the stream's row and the target of a row of a target. It
// returns false for other names.
func splitName(name string) (stream, target string, ok bool) {
	m := targetPart.FindStringSubmatch(name)
	if m == nil {
		return "", "", false
	}
	return name[:len(name)-len(m[0])] + m[2], m[1], true
}

// split lets the targets of a stream stand for its latency, because a quantile of a mix of
// requests moves when the mix does. Where some target has too few values for a quantile,
// the stream's stays in the family as well: nothing else would tell of those requests.
// What the stream does as a whole is none of the targets' business.
//
// A row without a stream's row beside it is none of a target: bundles of the first version
// may have a matrix key with that name.
func (t *Table) split() {
	type row struct{ config, name, unit, head string }
	streams := map[row]bool{}
	for _, r := range t.Rows {
		streams[row{config: r.Config, name: r.Name, head: r.Head.Label}] = true
	}
	has, few := map[row]bool{}, map[row]bool{}
	for i := range t.Rows {
		r := &t.Rows[i]
		stream, target, ok := splitName(r.Name)
		at := row{config: r.Config, name: stream, head: r.Head.Label}
		if !ok || !streams[at] {
			continue
		}
		r.Target = target
		if !units.IsLatency(r.Unit) {
			r.Family = ""
		}
		has[at] = true
		if slices.ContainsFunc(r.Marks, func(m Mark) bool { return m.Kind == FewValues }) {
			at.unit = r.Unit
			few[at] = true
		}
	}
	for i := range t.Rows {
		r := &t.Rows[i]
		at := row{config: r.Config, name: r.Name, head: r.Head.Label}
		r.Split = r.Target == "" && has[at]
		at.unit = r.Unit
		if r.Split && units.IsLatency(r.Unit) && !few[at] {
			r.Family = ""
		}
	}
}
