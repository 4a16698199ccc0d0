package campaign

import (
	"fmt"
	"time"

	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/text"
)

// Work is one scenario with the cells that are to be run.
type Work struct {
	*scenario.Scenario
	Chosen []scenario.Cell // in the order of [scenario.Scenario.Cells]
}

// Order plans the trials of a run: all chosen cells of all scenarios, in the order
// that the seed decides.
func Order(all []Work, seed uint64) []plan.Trial {
	return plan.New(planned(all), seed)
}

// planned is what the plan needs to know of scenarios.
func planned(all []Work) (ps []plan.Scenario) {
	for _, w := range all {
		p := plan.Scenario{Name: w.Name, Blocks: w.Blocks}
		for _, c := range w.Chosen {
			p.Cells = append(p.Cells, plan.Cell{Variant: c.Variant, Matrix: c.Matrix})
		}
		ps = append(ps, p)
	}
	return ps
}

// estimate returns roughly how long one trial of a scenario takes, as it is for a cell. For a load
// bounded by a count, the duration depends on the server; estimate assumes 0.1 s per
// answer and returns true for counted.
func estimate(s *scenario.Scenario) (d time.Duration, counted bool) {
	var connections int
	for _, st := range s.Streams {
		connections += st.Connections
		switch {
		case st.Open != nil:
			d = max(d, st.Open.Duration())
		case st.Closed.Requests > 0:
			counted = true
			each := (st.Closed.Requests + st.Closed.Clients - 1) / st.Closed.Clients
			guess := time.Duration(each) * (100*time.Millisecond + st.Closed.Think)
			if limit := st.Closed.Duration; limit > 0 {
				guess = min(guess, limit)
			}
			d = max(d, guess)
		default:
			d = max(d, st.Closed.Duration)
		}
	}
	const startAndStop = 500 * time.Millisecond
	return d + s.Warmup + time.Duration(connections)*2*time.Millisecond + startAndStop, counted
}

// estimateAll returns roughly how long all trials take. counted is as for estimate.
// Builds, repeated blocks and waiting for a quiet machine come on top.
func estimateAll(all []Work) (total time.Duration, counted bool) {
	for _, w := range all {
		for _, cell := range w.Chosen {
			d, c := estimate(w.For(cell))
			total += d * time.Duration(w.Blocks)
			counted = counted || c
		}
	}
	return total, counted
}

// about formats an estimate.
func about(d time.Duration, counted bool) string {
	s := "about " + text.Duration(d)
	if counted {
		s += " if every answer takes 0.1 s (the server decides how long loads bounded by a count take)"
	}
	return s
}

// everyServer returns the servers of every cell, resolved as far as possible before a
// trial: without ports and without the paths of programs that are yet to be built. The
// addresses and paths in them are placeholders.
func everyServer(all []Work) ([]scenario.Server, error) {
	var servers []scenario.Server
	for _, w := range all {
		env := scenario.Env{Ports: map[string]int{}, Sockets: map[string]string{}, Binaries: map[string]string{}}
		for _, s := range w.Servers {
			env.Ports[s.Name], env.Sockets[s.Name], env.Binaries[s.Name] = 1, "/-", "-"
		}
		for _, c := range w.Chosen {
			r, err := w.Resolve(c, env)
			if err != nil {
				return nil, err
			}
			servers = append(servers, r.Servers...)
		}
	}
	return servers, nil
}

// comparing says how many scenarios and variants are compared.
func comparing(all []Work) string {
	cells := 0
	for _, w := range all {
		cells += len(w.Chosen)
	}
	return fmt.Sprintf("%s with %s", text.Count(len(all), "scenario"), text.Count(cells, "variant"))
}
