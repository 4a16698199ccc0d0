package section

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// sameBytes is the ratio up to which the bytes per answer of two variants count as equal:
// answers hold numbers and times, whose lengths vary.
const sameBytes = 1.01

// answers lists what the requests of a group came to: the statuses, the failures without
// a readable answer, and the bytes per answer. There is no table if every request was
// answered ok and no variant answers with more bytes than another.
func answers(p *page.Page, g *measured.Group) {
	byTarget := map[string][]tally{}
	var names []string
	add := func(target string, column int, v *measured.Variant) {
		if _, ok := byTarget[target]; !ok {
			names = append(names, target)
			byTarget[target] = make([]tally, len(g.Variants))
		}
		byTarget[target][column] = tallyOf(v)
	}
	for i, v := range g.Variants {
		if len(v.Targets) == 0 {
			add("", i, v)
		}
		for _, target := range v.Targets {
			add(target.Target, i, target)
		}
	}
	if !slices.ContainsFunc(names, func(name string) bool { return remarkable(byTarget[name]) }) {
		return
	}
	t := table.Table{}
	if len(names) > 1 || names[0] != "" {
		t.Head, t.Left = []string{"target"}, map[int]bool{1: true}
	}
	t.Head = append(t.Head, "answer")
	for _, v := range g.Variants {
		t.Head = append(t.Head, "`"+v.Variant+"`")
	}
	wrong := false
	for _, name := range names {
		wrong = addAnswers(&t, name, byTarget[name]) || wrong
	}
	p.Fold("What was answered", func() {
		p.Table(&t)
		note := "Requests of all trials together, and their share. Bytes are those of bodies."
		if wrong {
			note += " An answer that failed a check is in two rows: under its status, and under what was wrong with it."
		}
		p.Line("<sub>%s</sub>\n", note)
	})
}

// tally is what the requests of a variant came to, over all trials.
type tally struct {
	requests, ok, answered, bytes uint64
	statuses                      map[string]uint64
	failures                      map[string]uint64 // by reason
	unexplained                   uint64            // time-outs without a reason
}

// tallyOf adds up the answers of all trials of a variant.
func tallyOf(v *measured.Variant) tally {
	n := tally{statuses: map[string]uint64{}, failures: map[string]uint64{}}
	for _, t := range v.Trials {
		n.requests += t.Stream.Outcomes.Total()
		n.ok += t.Stream.Outcomes.OK
		n.bytes += t.Stream.BytesIn
		n.unexplained += t.Stream.Unexplained()
		for status, count := range t.Stream.Statuses {
			n.statuses[status] += count
			n.answered += count
		}
		for reason, count := range t.Stream.Errors {
			n.failures[reason] += count
		}
	}
	return n
}

// perAnswer is the mean length of an answer's body, or 0 if that is not known.
func (n tally) perAnswer() float64 {
	if n.answered == 0 {
		return 0
	}
	return float64(n.bytes) / float64(n.answered)
}

// remarkable reports whether anything but successes of one length was answered.
func remarkable(all []tally) bool {
	least, most := 0.0, 0.0
	for _, n := range all {
		if n.ok < n.requests {
			return true
		}
		if b := n.perAnswer(); b > 0 {
			most = max(most, b)
			if least == 0 || b < least {
				least = b
			}
		}
	}
	return most > sameBytes*least
}

// addAnswers adds the rows of one target, and reports whether one of them is about wrong
// answers.
func addAnswers(t *table.Table, target string, all []tally) (wrong bool) {
	row := func(label string, cell func(n tally) string) {
		var cells []string
		if t.Left != nil {
			cells = append(cells, "`"+target+"`")
		}
		cells = append(cells, label)
		for _, n := range all {
			cells = append(cells, cell(n))
		}
		t.Add(cells...)
	}
	counted := func(label string, count func(n tally) uint64) {
		row(label, func(n tally) string { return countAndShare(count(n), n.requests) })
	}
	for _, status := range keysOf(all, func(n tally) map[string]uint64 { return n.statuses }) {
		counted(statusWords(status), func(n tally) uint64 { return n.statuses[status] })
	}
	for _, reason := range keysOf(all, func(n tally) map[string]uint64 { return n.failures }) {
		label := "failed: "
		switch {
		case strings.HasPrefix(reason, "wrong: "):
			label, wrong = "of these, ", true
		case strings.HasPrefix(reason, "step "):
			label = "flow ended in "
		}
		counted(label+verbatim(reason), func(n tally) uint64 { return n.failures[reason] })
	}
	if slices.ContainsFunc(all, func(n tally) bool { return n.unexplained > 0 }) {
		counted("failed: no answer before the time-out", func(n tally) uint64 { return n.unexplained })
	}
	if slices.ContainsFunc(all, func(n tally) bool { return n.bytes > 0 }) {
		row("bytes per answer", func(n tally) string {
			if n.answered == 0 {
				return format.None
			}
			return format.Fixed(n.perAnswer(), 0)
		})
	}
	return wrong
}

// keysOf are the keys that any of the variants has. Statuses that are no success stand
// after the successes, and wrong answers before other failures, by the order of texts.
func keysOf(all []tally, of func(tally) map[string]uint64) []string {
	keys := map[string]bool{}
	for _, n := range all {
		for key, count := range of(n) {
			if count > 0 {
				keys[key] = true
			}
		}
	}
	sorted := slices.Sorted(maps.Keys(keys))
	slices.SortStableFunc(sorted, func(a, b string) int {
		x, y := strings.HasPrefix(a, "wrong: "), strings.HasPrefix(b, "wrong: ")
		switch {
		case x == y:
			return 0
		case x:
			return -1
		}
		return 1
	})
	return sorted
}

// statusWords is a status with its name: "503 Service Unavailable".
func statusWords(status string) string {
	if code, err := strconv.Atoi(status); err == nil && http.StatusText(code) != "" {
		return status + " " + http.StatusText(code)
	}
	return verbatim(status)
}

// countAndShare is "5,872 (5 %)". Nothing is 0 without a share.
func countAndShare(count, of uint64) string {
	if count == 0 || of == 0 {
		return format.Count(count)
	}
	share := format.Percent(float64(count) / float64(of))
	switch {
	case share == "100 %" && count < of:
		share = "> 99.9 %"
	case share == "0.00 %":
		share = "< 0.01 %"
	}
	return fmt.Sprintf("%s (%s)", format.Count(count), share)
}
