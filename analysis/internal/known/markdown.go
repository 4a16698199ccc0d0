package known

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/assay-bench/assay/analysis/internal/rates"
	"github.com/assay-bench/assay/analysis/internal/table"
)

// Markdown writes the figures. The same records give the same text.
func (r *Records) Markdown() string {
	var b bytes.Buffer
	if len(r.Answers) == 0 {
		b.WriteString("No round has been made yet.\n")
	} else {
		r.answers(&b)
	}
	if s := r.Speed; s != nil {
		fmt.Fprintf(&b, "\n**Time**: a bundle of %d profiled trials of %.1f MB each was explained in %.1f s, on %d CPUs.\n", s.Trials, float64(s.Bytes)/1e6, s.Seconds, s.CPUs)
	}
	if s := r.Simulated; s != nil {
		fmt.Fprintf(&b, "\n**Simulated** profiles: of %d comparisons of equal builds, %d say that some function grew, %s %% (the level is 2 %%). Of %d with a known slowdown, %s %% name it first, and of the intervals of 95 %% for the difference %s %% hold the truth.\n",
			s.Same, s.False, rates.Rate{Hits: s.False, Of: s.Same}.Percent(), s.Slower, rates.Rate{Hits: s.Found, Of: s.Slower}.Percent(), rates.Rate{Hits: s.Covered, Of: s.Slower}.Percent())
	}
	return b.String()
}

// answers writes what explain said of real bundles.
func (r *Records) answers(b *bytes.Buffer) {
	rounds := map[string]float64{}
	for _, a := range r.Answers {
		rounds[a.Round] = a.Foreign
	}
	busy := slices.Sorted(maps.Values(rounds))
	fmt.Fprintf(b, "%s. Meanwhile other programs took %.2f to %.2f CPUs on average over a round%s.\n\n", complete(len(rounds)), busy[0], busy[len(busy)-1], advice(busy[len(busy)-1]))
	t := table.Table{Head: []string{"kind", "right", "%", "service time", "CPU", "named first"}, Left: map[int]bool{5: true}}
	var seen []string
	for _, k := range Kinds {
		if slices.Contains(seen, k.Name) {
			continue
		}
		seen = append(seen, k.Name)
		r.row(&t, k)
	}
	// A buffer takes everything.
	_ = t.Markdown(b)
	b.WriteString("\n“Right” and its share in per cent have the 95 % interval of Clopper and Pearson. The next two columns are by how much service time and CPU time for an answer grew: medians over the rounds. " +
		"The last one is what was named first, how often.\n")
	if costs := r.costs(); len(costs) > 0 {
		fmt.Fprintf(b, "\n**Overhead of profiling**: the CPU time of the server for an answer changed by %+.1f %% while it was profiled: median of %d pairs of variants, from %+.1f to %+.1f %%.\n",
			100*middle(costs), len(costs), 100*costs[0], 100*costs[len(costs)-1])
	}
}

// advice says what busy CPUs mean for the figures.
func advice(most float64) string {
	if most < 0.2 {
		return ""
	}
	return ": the machine was busy. Profiles still have CPU time and locks where they belong, but times of requests are noisy, and a difference that only these show is missed"
}

// row adds a kind.
func (r *Records) row(t *table.Table, k Kind) {
	var rate rates.Rate
	var service, cpu []float64
	said := map[string]int{}
	for _, a := range r.Answers {
		if a.Kind != k.Name {
			continue
		}
		rate.Of++
		if a.Right {
			rate.Hits++
		}
		if a.ServiceBase > 0 {
			service = append(service, a.ServiceGrowth/a.ServiceBase)
		}
		if a.CPUBase > 0 {
			cpu = append(cpu, a.CPUGrowth/a.CPUBase)
		}
		said[a.words()]++
	}
	if rate.Of == 0 {
		t.Add(k.Name+": "+k.What, "–", "–", "–", "–", "–")
		return
	}
	var words []string
	for _, w := range slices.SortedFunc(maps.Keys(said), func(a, b string) int {
		if said[a] != said[b] {
			return said[b] - said[a]
		}
		return strings.Compare(a, b)
	}) {
		words = append(words, fmt.Sprintf("%s (%d)", w, said[w]))
	}
	slices.Sort(service)
	slices.Sort(cpu)
	t.Add(k.Name+": "+k.What, fmt.Sprintf("%d of %d", rate.Hits, rate.Of), rate.Percent(), growth(service), growth(cpu), strings.Join(words, ", "))
}

// words are what an answer names.
func (a *Answer) words() string {
	name := a.Cause
	if name == "" {
		name = a.Verdict
	}
	name = "`" + name[strings.LastIndexByte(name, '/')+1:] + "`"
	if a.Endpoint != "" {
		name += " at " + a.Endpoint
	}
	return name
}

// costs are what the profiler cost, sorted. Two answers of a round with the same base are
// not independent of each other, which does not matter for a median.
func (r *Records) costs() (all []float64) {
	for _, a := range r.Answers {
		if a.ProfilerCost != nil {
			all = append(all, *a.ProfilerCost)
		}
	}
	slices.Sort(all)
	return all
}

// middle is the median of sorted values.
func middle(sorted []float64) float64 {
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}

// growth prints the median of shares.
func growth(sorted []float64) string {
	if len(sorted) == 0 {
		return "–"
	}
	return fmt.Sprintf("%+.0f %%", 100*middle(sorted))
}

// complete counts rounds in words.
func complete(rounds int) string {
	if rounds == 1 {
		return "1 complete round"
	}
	return fmt.Sprintf("%d complete rounds", rounds)
}
