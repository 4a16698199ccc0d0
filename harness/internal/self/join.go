package self

import (
	"fmt"
	"maps"
)

// Join adds the figures of other sections, which were measured in a process of their
// own: a machine that others use too may be free for some minutes at a time only. Both
// must be of one machine and build of Go, have as many rounds, and share no section.
func (f *Figures) Join(g *Figures) error {
	a, b := &f.Host, &g.Host
	if a.CPUModel != b.CPUModel || a.Kernel != b.Kernel || a.GoVersion != b.GoVersion {
		return fmt.Errorf("join figures: one part is of %s, %s, %s, and another one of %s, %s, %s", a.CPUModel, a.Kernel, a.GoVersion, b.CPUModel, b.Kernel, b.GoVersion)
	}
	if f.Rounds != g.Rounds {
		return fmt.Errorf("join figures: one part has %d rounds, and another one %d", f.Rounds, g.Rounds)
	}
	for _, s := range sections() {
		if s.measure != nil && s.has(f) && s.has(g) {
			return fmt.Errorf("join figures: two parts have %s", s.name)
		}
	}
	if f.Nginx == "" {
		f.Nginx = g.Nginx
	}
	// Of two parts one has no figures of a section, so that the order does not matter.
	f.Failures = append(f.Failures, g.Failures...)
	f.Rates = append(f.Rates, g.Rates...)
	f.Lags = append(f.Lags, g.Lags...)
	f.Stalls = append(f.Stalls, g.Stalls...)
	f.Speed = append(f.Speed, g.Speed...)
	f.Shapes = append(f.Shapes, g.Shapes...)
	f.Memory = append(f.Memory, g.Memory...)
	f.Targets = append(f.Targets, g.Targets...)
	f.Flows = append(f.Flows, g.Flows...)
	if f.Connections == nil {
		f.Connections = g.Connections
	}
	if f.Costs == nil {
		f.Costs = map[string][]costRound{}
	}
	if f.Steal == nil {
		f.Steal = map[string][]float64{}
	}
	maps.Copy(f.Costs, g.Costs)
	maps.Copy(f.Steal, g.Steal)
	f.Books.join(&g.Books)
	return nil
}

// join adds up the counts. Apart is the worst of both.
func (b *books) join(c *books) {
	b.Sent, b.Wanted = b.Sent+c.Sent, b.Wanted+c.Wanted
	b.Impossible, b.Joined = b.Impossible+c.Impossible, b.Joined+c.Joined
	b.Loads, b.Apart = b.Loads+c.Loads, max(b.Apart, c.Apart)
}
