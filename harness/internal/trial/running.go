package trial

import (
	"fmt"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/scenario"
	"github.com/assay-bench/assay/results"
)

// watchRunning lets this process watch a server that already runs: no host of the run
// belongs to it. Its metrics are read over the network, and what `also` names is on this
// machine.
func (r *joint) watchRunning(v scenario.Server) error {
	secure, err := v.TLS.Config()
	if err != nil {
		return fmt.Errorf("server %s: %w", v.Name, err)
	}
	s := &server{Server: v, secure: secure}
	r.servers = append(r.servers, s)
	return s.findAlso()
}

// here is what happened on this machine, on which only servers that already ran are watched.
func (r *joint) here() *Machine {
	m := &Machine{Boot: host.Boot(), Watch: r.watched, Own: r.watched.Generator}
	if m.Own == nil || r.used <= 0 {
		return m
	}
	if window, _ := r.window(); window > 0 {
		own := *m.Own + r.used/window.Seconds()
		m.Own = &own
	}
	return m
}

// answered returns, of every stream, which answers all generators had together: no more
// than misled has to know.
func (r *joint) answered() []results.StreamResult {
	all := make([]results.StreamResult, len(r.resolved.Streams))
	for i := range all {
		s := &all[i]
		s.Name, s.Statuses = r.resolved.Streams[i].Name, map[string]uint64{}
		for _, d := range r.drives {
			if i >= len(d.Streams) || d.Streams[i] == nil {
				continue // result says so
			}
			for _, t := range d.Streams[i].Targets {
				for status, n := range t.Statuses {
					s.Statuses[fmt.Sprint(status)] += n
					s.Recorded += n
				}
				for _, n := range t.Failures {
					s.Recorded += n
				}
			}
		}
	}
	return all
}
