package report

import (
	"fmt"
	"slices"
	"strings"

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
	if t.Engine == "local" {
		return fmt.Sprintf("Several processes on one machine: %s. No request left the machine.", t.Label())
	}
	s := fmt.Sprintf("Several hosts: %s.", t.Label())
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
	serverHosts(p, t, trials)
}

// hostFacts describe every host of a run, in pairs of a name and a value.
func hostFacts(m *results.Manifest) (f [][2]string) {
	if m.Topology == nil {
		return nil
	}
	for _, h := range m.Topology.Hosts {
		var all []string
		for _, s := range []string{h.Node, h.Address, h.Facts.CPUModel, h.Facts.Kernel, h.Facts.ClockSource} {
			if s != "" {
				all = append(all, s)
			}
		}
		all = append(all, "round trip at rest "+format.Quantity(h.RoundTrip, results.Seconds))
		if len(h.Servers) > 0 {
			all = append(all, "has "+words.List(h.Servers))
		}
		f = append(f, [2]string{"host " + plain.Prose(h.Name), plain.Prose(strings.Join(all, ", "))})
	}
	return f
}

// generators shows the generators of a run one by one: what each sent, how late it was and
// how busy, over all trials that count.
func generators(p *page.Page, t *results.Topology, trials []results.Trial) {
	rows := table.Table{Head: []string{"generator", "trials", "requests", "lag p99", "handling p99", "busiest lane", "generator was the limit", "round trip to the server", "clock known to", "TCP segments sent again"}}
	total := uint64(0)
	for _, tr := range trials {
		for _, h := range tr.Hosts {
			total += h.Sent
		}
	}
	for _, h := range t.Hosts {
		if h.Role != results.RoleGenerator {
			continue
		}
		all := of(h.Name, trials)
		sent, limited := uint64(0), 0
		var lag, handling, busy, trip, clock []float64
		for _, r := range all {
			sent += r.Sent
			if r.Limited != "" {
				limited++
			}
			lag, handling, trip = known(lag, r.LagP99), known(handling, r.HandlingP99), known(trip, r.ServerRoundTrip)
			busy, clock = append(busy, r.LaneBusy), append(clock, r.ClockError)
		}
		rows.Add(plain.Prose(h.Name), format.Count(len(all)), format.Count(sent)+" ("+part(sent, total)+")", middle(lag), middle(handling), share(busy), fmt.Sprintf("in %d of %d", limited, len(all)), middle(trip), middle(clock), sentAgain(all))
	}
	if len(rows.Rows) > 0 {
		p.Line("### Generators one by one\n")
		p.Table(&rows)
		p.Line("Requests are a sum over the trials that count, warm-ups included, with the share of all; the rest are medians of them. TCP segments are those of the whole host. What the generators did together stands with each scenario.\n")
	}
}

// serverHosts shows what the hosts of servers used, and what they sent again: of an answer
// that was lost, only the host of the server knows.
func serverHosts(p *page.Page, t *results.Topology, trials []results.Trial) {
	rows := table.Table{Head: []string{"host of servers", "trials", "CPUs used", "clock known to", "TCP segments sent again"}}
	for _, h := range t.Hosts {
		if h.Role == results.RoleGenerator {
			continue
		}
		all := of(h.Name, trials)
		var used, clock []float64
		for _, r := range all {
			used, clock = known(used, r.CPU), append(clock, r.ClockError)
		}
		cpus := "–"
		if len(used) > 0 {
			cpus = format.Fixed(median(used), 2)
		}
		rows.Add(plain.Prose(h.Name), format.Count(len(all)), cpus, middle(clock), sentAgain(all))
	}
	if len(rows.Rows) > 0 {
		p.Line("### Hosts of servers\n")
		p.Table(&rows)
		p.Line("CPUs used are the CPU time of the servers and of the program that watches them, per second; the median of the trials that count.\n")
	}
}

// sentAgain says how many TCP segments a host sent again in a trial: the median and the
// most.
func sentAgain(all []results.HostResult) string {
	var again []float64
	for _, r := range all {
		if r.Retransmits != nil {
			again = append(again, float64(*r.Retransmits))
		}
	}
	if len(again) == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%s in a trial, at most %s", format.Count(uint64(median(again))), format.Count(uint64(slices.Max(again))))
}

// part prints the share of a whole, or a dash if there is none.
func part(n, of uint64) string {
	if of == 0 {
		return "–"
	}
	return format.Percent(float64(n) / float64(of))
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
