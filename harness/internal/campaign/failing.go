package campaign

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-bench/assay/results"
)

// mostFailed is the share of a trial's requests above which a run warns that they fail.
const mostFailed = 0.01

// failing describes the failed requests of a trial, or returns "" if there are no more
// than a few. Refusals are no failures: a scenario may be about them.
func failing(t *results.Trial) string {
	var total, failed uint64
	for i := range t.Streams {
		o := t.Streams[i].Outcomes
		total += o.Total()
		failed += o.Of(results.Error, results.Timeout)
	}
	if total == 0 || float64(failed) <= mostFailed*float64(total) {
		return ""
	}
	return fmt.Sprintf("%.1f %% of the requests failed: %s", 100*float64(failed)/float64(total), causes(t))
}

// hopeless describes a trial in which no request of any stream was answered ok or refused,
// or returns "" if some was. A server that crashed is an outcome of its variant, and no
// sign of a wrong scenario.
func hopeless(t *results.Trial) string {
	if slices.ContainsFunc(t.Servers, func(s results.ServerResult) bool { return s.Crashed }) {
		return ""
	}
	var total uint64
	for i := range t.Streams {
		o := t.Streams[i].Outcomes
		if total += o.Total(); o.Of(results.OK, results.Rejected) > 0 {
			return ""
		}
	}
	if total == 0 {
		return ""
	}
	return causes(t)
}

// mostCauses is how many causes a message names.
const mostCauses = 4

// causes lists the unsuccessful statuses of a trial's answers and the reasons of its failures, the most
// frequent first, and shows an answer that failed a check.
func causes(t *results.Trial) string {
	counts := map[string]uint64{}
	example := ""
	for i := range t.Streams {
		s := &t.Streams[i]
		for status, n := range s.Statuses {
			// A success that is a failure has failed a check, which has a reason.
			if status != "" && status[0] != '2' && status[0] != '3' {
				counts["status "+status] += n
			}
		}
		for reason, n := range s.Errors {
			counts[reason] += n
		}
		if n := s.Unexplained(); n > 0 {
			counts["time-out"] += n
		}
		for _, reason := range slices.Sorted(maps.Keys(s.Wrong)) {
			if w := s.Wrong[reason]; example == "" && w.Body != "" {
				example = fmt.Sprintf("; an answer begins with %q", w.Body[:min(len(w.Body), 80)])
			}
		}
	}
	names := slices.Sorted(maps.Keys(counts))
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(counts[b], counts[a]) })
	var parts []string
	for _, name := range names[:min(len(names), mostCauses)] {
		parts = append(parts, fmt.Sprintf("%s: %d", name, counts[name]))
	}
	return strings.Join(parts, ", ") + example
}
