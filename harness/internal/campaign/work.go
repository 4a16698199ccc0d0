package campaign

import (
	"fmt"
	"time"

	"github.com/assay-bench/assay/harness/internal/plan"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/harness/internal/text"
)

// Work is one scenario with the cells of it that are to be run.
type Work struct {
	*scenario.Scenario
	Chosen []scenario.Cell
}

// Order plans the trials of all that is to be run.
func Order(all []Work, seed uint64) []plan.Trial {
	var ps []plan.Scenario
	for _, w := range all {
		p := plan.Scenario{Name: w.Name, Blocks: w.Blocks}
		for _, c := range w.Chosen {
			p.Cells = append(p.Cells, plan.Cell{Variant: c.Variant, Matrix: c.Matrix})
		}
		ps = append(ps, p)
	}
	return plan.New(ps, seed)
}

// estimate is about how long one trial of a scenario takes. For a load bounded
// by a count the answer times are not known before; a tenth of a second is
// assumed for each, and counted is true.
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

// estimateAll is how long all trials will take; counted is as for estimate.
func estimateAll(all []Work) (total time.Duration, counted bool) {
	for _, w := range all {
		d, c := estimate(w.Scenario)
		total += d * time.Duration(len(w.Chosen)*w.Blocks)
		counted = counted || c
	}
	return total, counted
}

// about says how long something takes.
func about(d time.Duration, counted bool) string {
	s := "about " + text.Duration(d)
	if counted {
		s += " if every answer takes 0.1 s (some loads are bounded by a count: their time depends on the server)"
	}
	return s
}

// everyServer is every server of every cell, resolved as far as can be before a
// trial: without its ports and what is built for it.
func everyServer(all []Work) ([]scenario.Server, error) {
	var servers []scenario.Server
	for _, w := range all {
		env := scenario.Env{Ports: map[string]int{}, Binaries: map[string]string{}}
		for _, s := range w.Servers {
			env.Ports[s.Name], env.Binaries[s.Name] = 1, "-"
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
