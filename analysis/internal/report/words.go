package report

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/assay-bench/assay/analysis/internal/metric"
	"github.com/assay-bench/assay/results"
)

// loadWords describes a load: "1,000 clients, closed loop, 10 s".
func loadWords(l results.Stream, warmup time.Duration) string {
	var w string
	switch {
	case l.Model == results.ModelClosed && l.Duration == 0:
		w = fmt.Sprintf("%s clients, closed loop, %s requests", count(l.Clients), count(l.Requests))
	case l.Model == results.ModelClosed:
		w = fmt.Sprintf("%s clients, closed loop, %s", count(l.Clients), seconds(l.Duration))
	case l.Arrivals == results.ArrivalsStages:
		var stages []string
		for _, st := range l.Stages {
			s := count(uint64(st.Rate)) + "/s"
			if st.To != nil {
				s += " → " + count(uint64(*st.To)) + "/s"
			}
			stages = append(stages, s+" for "+seconds(st.Duration))
		}
		w = "open load in stages: " + strings.Join(stages, ", ")
	case l.Arrivals == results.ArrivalsPoisson:
		w = fmt.Sprintf("open load, %s/s Poisson for %s", scale{1, ""}.value(l.Rate), seconds(l.Duration))
	case l.Model == results.ModelOpen:
		w = fmt.Sprintf("open load, %s/s at even distances for %s", scale{1, ""}.value(l.Rate), seconds(l.Duration))
	}
	if l.Think > 0 {
		w += fmt.Sprintf(", thinking %s between requests", l.Think)
	}
	if warmup > 0 {
		w += fmt.Sprintf(", after %s of warm-up", seconds(warmup))
	}
	return w
}

func seconds(d time.Duration) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.3f", d.Seconds()), "0"), ".") + " s"
}

// isBurst reports whether a load is bounded by a count, so that it has no steady
// state.
func isBurst(l results.Stream) bool { return l.Model == results.ModelClosed && l.Duration == 0 }

// latencyWord is what the headline latency of a load is called.
func latencyWord(open bool) string {
	if open {
		return "response time"
	}
	return "service time"
}

// words name a unit in sentences and tables.
func words(unit string) string { return cmp.Or(metric.Of(unit).Label, unit) }

// moreOrLess is the direction of an effect in the words of the metric.
func moreOrLess(unit string, up bool) string {
	latency := metric.Quantile(unit) > 0 || strings.HasSuffix(unit, "-sec")
	switch {
	case latency && up:
		return "longer"
	case latency:
		return "shorter"
	case up:
		return "more"
	}
	return "less"
}

// list joins words: "a, b and c".
func list(items []string) string {
	if len(items) < 2 {
		return strings.Join(items, "")
	}
	return strings.Join(items[:len(items)-1], ", ") + " and " + items[len(items)-1]
}

// plural is "1 block" or "10 blocks".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return count(n) + " " + noun + "s"
}
