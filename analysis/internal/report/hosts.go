package report

import (
	"fmt"
	"slices"

	"github.com/assay-bench/assay/analysis/internal/report/format"
	"github.com/assay-bench/assay/analysis/internal/report/page"
	"github.com/assay-bench/assay/analysis/internal/report/words"
	"github.com/assay-bench/assay/analysis/internal/table"
	"github.com/assay-bench/assay/internal/plain"
	"github.com/assay-bench/assay/results"
)

// topologyWords says where the parts of a run stood, and which numbers crossed a network.
// It is empty for a run on one machine without an engine.
func topologyWords(t *results.Topology) string {
	if t == nil {
		return ""
	}
	s := fmt.Sprintf("Several hosts: %s.", t.Label())
	if t.Engine == "local" {
		return s + " All of them are this machine, so no request left it."
	}
	return s + " Servers stand on hosts of their own, and the generators measured every latency: each crossed the network between them. What servers say of themselves did not."
}

// hosts lists the hosts of a run, and how well each generator worked.
func hosts(p *page.Page, m *results.Manifest, trials []results.Trial) {
	t := m.Topology
	if t == nil {
		return
	}
	p.Line("### Hosts\n")
	p.Line("%s\n", plain.Prose(topologyWords(t)))
	list := table.Table{Head: []string{"host", "node", "address", "CPU", "CPUs", "kernel", "clock source", "round trip at rest", "servers"}, Left: map[int]bool{}}
	for i := range list.Head {
		list.Left[i] = true
	}
	for _, h := range t.Hosts {
		list.Add(plain.Prose(h.Name), plain.Prose(h.Node), plain.Prose(h.Address), plain.Prose(h.Facts.CPUModel), format.Count(len(h.Facts.CPUs)), plain.Prose(h.Facts.Kernel), plain.Prose(h.Facts.ClockSource),
			format.Quantity(h.RoundTrip, results.Seconds), plain.Prose(words.List(h.Servers)))
	}
	p.Table(&list)
	p.Line("The round trip is the least of an exchange with the host that led the run, while nothing was measured.\n")
	generators(p, t, trials)
}

// generators shows the generators of a run one by one: what each sent, how late it was and
// how busy, over all trials that count.
func generators(p *page.Page, t *results.Topology, trials []results.Trial) {
	rows := table.Table{Head: []string{"generator", "trials", "requests", "lag p99", "handling p99", "busiest lane", "generator was the limit", "round trip to the server", "clock known to", "TCP segments sent again"}}
	for _, h := range t.Hosts {
		if h.Role != results.RoleGenerator {
			continue
		}
		all := of(h.Name, trials)
		sent, again, most, limited := uint64(0), uint64(0), uint64(0), 0
		var lag, handling, busy, trip, clock []float64
		for _, r := range all {
			sent += r.Sent
			if r.Retransmits != nil {
				again, most = again+*r.Retransmits, max(most, *r.Retransmits)
			}
			if r.Limited != "" {
				limited++
			}
			lag, handling, trip = known(lag, r.LagP99), known(handling, r.HandlingP99), known(trip, r.ServerRoundTrip)
			busy, clock = append(busy, r.LaneBusy), append(clock, r.ClockError)
		}
		rows.Add(plain.Prose(h.Name), format.Count(len(all)), format.Count(sent), middle(lag), middle(handling), share(busy), fmt.Sprintf("in %d of %d", limited, len(all)), middle(trip), middle(clock), fmt.Sprintf("%s, at most %s in a trial", format.Count(again), format.Count(most)))
	}
	if len(rows.Rows) > 0 {
		p.Line("### Generators one by one\n")
		p.Table(&rows)
		p.Line("Requests and TCP segments are sums over the trials that count, warm-ups included; the rest are medians of them. What the generators did together stands with each scenario.\n")
	}
}

// of returns what a host did in each trial.
func of(name string, trials []results.Trial) (all []results.HostResult) {
	for _, t := range trials {
		for _, h := range t.Hosts {
			if h.Name == name {
				all = append(all, h)
			}
		}
	}
	return all
}

// known appends a value, if there is one.
func known(all []float64, v *float64) []float64 {
	if v == nil {
		return all
	}
	return append(all, *v)
}

// median is the middle value, the lower one of two. There must be a value.
func median(all []float64) float64 {
	sorted := slices.Sorted(slices.Values(all))
	return sorted[(len(sorted)-1)/2]
}

// middle prints the median of times, or a dash.
func middle(all []float64) string {
	if len(all) == 0 {
		return "–"
	}
	return format.Quantity(median(all), results.Seconds)
}

// share prints the median of shares, or a dash.
func share(all []float64) string {
	if len(all) == 0 {
		return "–"
	}
	return format.Percent(median(all))
}
