package section

import (
	"fmt"

	"github.com/assay-bench/assay/analysis/internal/measured"
	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/results"
)

// WriteSearch writes the page of a searched scenario below its title: the bracket of
// every variant, its plots and every trial of the search.
func WriteSearch(p *page.Page, s *measured.Search) {
	if s.Spec.Summary != "" {
		p.Line("%s\n", s.Spec.Summary)
	}
	// The objectives stand in words, and not as they are written in the scenario,
	// because they are the question that the section answers.
	var promises []string
	for _, o := range s.Spec.Objectives {
		promises = append(promises, objectiveWords(o))
	}
	p.Line("Sought: the highest rate at which %s.\n", words.List(promises))
	for _, l := range s.Spec.Streams {
		p.Line("Load: %s. The search varies the rate, and makes the load longer where a p99 needs more values.\n", words.Load(l, s.Spec.Warmup))
	}
	// Rates are requests per second. A bracket that is open at one end has None there,
	// which the note below the table explains.
	t := table.Table{Head: []string{"variant", "highest rate that held, /s", "confirmed", "lowest refuted, /s", "why it stopped"}, Left: map[int]bool{2: true, 4: true}}
	for _, b := range s.Brackets {
		t.Add("`"+b.Name+"`", perSecond(b.Held), map[bool]string{true: "yes", false: "**no**"}[b.Confirmed], perSecond(b.Refuted), ending(s, b))
	}
	p.Table(&t)
	p.Line("<sub>A rate held if every trial at it kept every objective and did not fall behind; the first trial that did not refutes it. Confirmed: a further run of as many trials as the scenario has blocks held at that rate too. "+
		"Such a bracket is no confidence interval, and variants are not compared by pairs: their trials share no blocks.<br>%s none found.</sub>\n", format.None)
	// The brackets of the table rest on these two: the curves show what happens between
	// the rates, and the trials show what single trials hide.
	capacityPlots(p, s)
	p.Fold("Every trial", func() { capacityTrials(p, s) })
	warnings(p, s.Run, s.Spec.Name, nil)
}

// Capacity says what a search found for one variant, without a full stop.
func Capacity(s *measured.Search, b *measured.Bracket) string {
	name := "`" + b.Name + "`"
	if b.Held == nil {
		// A search says what it saw and no more: a lower rate than the lowest that it
		// tried may well hold.
		text := name + " was seen to hold the objectives at **no rate**"
		if b.Refuted != nil {
			text += fmt.Sprintf(" and failed them at %s/s", perSecond(b.Refuted))
		}
		return text + ": " + ending(s, b)
	}
	text := fmt.Sprintf("%s holds its objectives at **%s/s**", name, perSecond(b.Held))
	if b.Confirmed {
		text += " (confirmed"
		// A rate that was confirmed has more trials than the others, and the number is
		// what the word rests on.
		if r, ok := b.At(b.Held); ok {
			text += "; " + words.Plural(len(r.Trials), "trial") + " at this rate"
		}
		text += ")"
	} else {
		text += " (**not confirmed**)"
	}
	if b.Refuted != nil {
		return text + refusal(s, b)
	}
	return text + "; where it ends was not found: " + ending(s, b)
}

// leastWait is the shortest wait for a connection that is worth a word, in seconds.
const leastWait = 1e-3

// refusal says what happened at the lowest refuted rate. A server that falls behind
// its schedule there may keep every objective in the little time that is measured.
func refusal(s *measured.Search, b *measured.Bracket) string {
	r, ok := b.At(b.Refuted)
	if !ok || r.Saturated() == 0 {
		return fmt.Sprintf(" and not at %s/s", perSecond(b.Refuted))
	}
	text := fmt.Sprintf(" and falls behind its schedule at %s/s", perSecond(b.Refuted))
	if wait := r.ConnectionWait(); wait > leastWait {
		text += fmt.Sprintf(", where half of the requests wait %s for one of %s", format.Quantity(wait, results.Seconds), words.Plural(s.Spec.Streams[0].Connections, "connection"))
	}
	return text
}

// ending says how the search of a variant ended.
func ending(s *measured.Search, b *measured.Bracket) string {
	switch {
	// The reason that the search itself has recorded comes before every reason that is
	// inferred from the bracket.
	case b.Stopped != "":
		return b.Stopped
	case b.Held != nil && b.Refuted != nil && b.Confirmed:
		return "done: the bracket is " + format.Percent(*b.Refuted / *b.Held - 1) + " wide"
	case s.Run.Manifest.State != results.StateComplete:
		return "the search is " + s.Run.Manifest.State
	case b.Held == nil && b.Refuted != nil:
		return "no rate held"
	}
	return "the greatest number of steps was made"
}

// perSecond prints a rate, None if there is none.
func perSecond(rate *float64) string {
	if rate == nil {
		return format.None
	}
	return format.Plain.Value(*rate)
}

// objectiveWords says an objective in words: "the p99 response time is below
// 200 ms".
func objectiveWords(o results.Objective) string {
	m, _ := results.MetricByName(o.Metric)
	how := map[string]string{"<": "is below", "<=": "is at most", ">": "is above", ">=": "is at least"}[o.Op]
	of := ""
	if o.Target != "" {
		of = " of `" + o.Target + "`"
	}
	return fmt.Sprintf("%s%s %s %s", m.Phrase, of, how, format.Quantity(o.Threshold, o.Unit))
}
