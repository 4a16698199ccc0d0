package section

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// wrongAnswers lists the answers of a group that failed a check of the scenario: how many
// there were of each reason, and one of them. Without any there is no table.
func wrongAnswers(p *page.Page, g *measured.Group) {
	t := table.Table{Head: []string{"variant", "target", "reason", "answers", "status", "one of them begins with"}, Left: map[int]bool{1: true, 2: true, 5: true}}
	for _, v := range g.Variants {
		if len(v.Targets) == 0 {
			addWrong(&t, v, format.None)
		}
		for _, target := range v.Targets {
			addWrong(&t, target, "`"+target.Target+"`")
		}
	}
	if len(t.Rows) == 0 {
		return
	}
	p.Fold("Wrong answers", func() {
		p.Table(&t)
		p.Line("<sub>Answers of all trials that failed a check; they count as errors. Refusals are not checked.</sub>\n")
	})
}

// addWrong adds the reasons of one variant, or of one of its targets.
func addWrong(t *table.Table, v *measured.Variant, target string) {
	counts := map[string]uint64{}
	examples := map[string]results.WrongAnswer{}
	for _, trial := range v.Trials {
		for reason, w := range trial.Stream.Wrong {
			counts[reason] += trial.Stream.Errors[reason]
			if _, ok := examples[reason]; !ok {
				examples[reason] = w
			}
		}
	}
	for _, reason := range slices.Sorted(maps.Keys(counts)) {
		w := examples[reason]
		t.Add("`"+v.Variant+"`", target, verbatim(reason), format.Count(counts[reason]), strconv.Itoa(w.Status), verbatim(w.Body))
	}
}

// verbatim shows a text that somebody else wrote: a server may answer with anything.
// Control characters are escaped, and nothing in it can be read as markup.
func verbatim(s string) string {
	if s == "" {
		return format.None
	}
	quoted := strconv.Quote(s)
	quoted = quoted[1 : len(quoted)-1]
	var b strings.Builder
	b.WriteString("<code>")
	for _, r := range strings.ReplaceAll(quoted, `\"`, `"`) {
		switch {
		case r == ' ' || r == ',' || r >= 0x80, r >= '0' && r <= '9', r >= 'A' && r <= 'Z', r >= 'a' && r <= 'z':
			b.WriteRune(r)
		default: // as an entity no punctuation is markup, in Markdown and in HTML
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	b.WriteString("</code>")
	return b.String()
}
