package trial

import (
	"fmt"
	"slices"

	"github.com/assay-bench/assay/harness/internal/process/kin"
	"github.com/assay-bench/assay/harness/internal/scenario"
)

// findAlso finds the processes that belong to a server although nobody here started
// them. It is called when the server is ready.
func (s *server) findAlso() error {
	if len(s.Also) == 0 {
		return nil
	}
	look, err := kin.Take()
	if err != nil {
		return fmt.Errorf("server %s: also: %w", s.Name, err)
	}
	for _, a := range s.Also {
		g, err := look.Find(selector(a))
		if err != nil {
			return fmt.Errorf("server %s: %w", s.Name, err)
		}
		s.also = append(s.also, g)
	}
	return nil
}

// selector returns what the scenario selects in the form of package kin.
func selector(a scenario.Also) kin.Selector {
	return kin.Selector{Listens: a.Listens, PIDFile: a.PIDFile, CGroup: a.CGroup, Unit: a.Unit}
}

// checkOwner returns an error if another program than a server that was just started
// listens on the server's port: it was that one that answered. A port that is passed on
// into a container is held by the engine.
func (s *server) checkOwner(port int) error {
	if s.process == nil || port == 0 || s.process.Contained() {
		return nil
	}
	look, err := kin.Take()
	if err != nil {
		return nil // it cannot be seen on this system
	}
	owners, seen := look.Owners(port)
	if !seen || len(owners) == 0 {
		return nil
	}
	ours := append(s.members(look), s.process.Started(look)...)
	for _, o := range owners {
		if slices.Contains(ours, o.PID) {
			return nil
		}
	}
	return fmt.Errorf("server %s: its port %d is answered by another program, process %d (%s), which its command did not start: end that one, or let the command listen on ${port} itself\n  the command's last output:\n%s", s.Name, port, owners[0].PID, owners[0].Name, s.process.Log())
}

// portHolder says which program listens on the port of a server that did not start, and has
// been ended: what was answered there, or why the server could not listen, is that one's. It
// returns "" if nobody does.
func portHolder(port int) string {
	look, err := kin.Take()
	if err != nil || port == 0 {
		return "" // it cannot be seen on this system
	}
	owners, _ := look.Owners(port)
	if len(owners) == 0 {
		return ""
	}
	return fmt.Sprintf("\n  its port %d is held by another program, process %d (%s): end that one", port, owners[0].PID, owners[0].Name)
}

// members returns the processes of the server, each once, in order of their number. It
// has none if the server already ran and nothing says which process it is.
func (s *server) members(look *kin.Look) []int {
	var pids []int
	if s.process != nil {
		pids = s.process.Members(look)
	}
	for _, g := range s.also {
		pids = append(pids, g.Members(look)...)
	}
	slices.Sort(pids)
	return slices.Compact(pids)
}

// use returns what the server has used, and false if that cannot be seen.
func (s *server) use(look *kin.Look) (kin.Usage, bool) {
	u, ok := look.Use(s.members(look))
	if s.process != nil {
		u.CPU += s.process.Spent(look)
	}
	return u, ok
}

// usage is what the servers have used at one moment, in seconds of CPU time.
type usage struct {
	servers []*float64 // by server; nil for one that is gone or cannot be seen
	// all is the sum, in which what belongs to two servers counts once, with the clients
	// and monitors of containers. It is below 0 if a server cannot be seen.
	all float64
}

// usage looks at all servers. A server that has ended is nil, and makes the sum unknown.
func (r *runner) usage() usage {
	u := usage{servers: make([]*float64, len(r.servers)), all: -1}
	look, err := kin.Take()
	if err != nil {
		return u
	}
	var pids []int
	sum, seen := 0.0, true
	for i, s := range r.servers {
		one, ok := s.use(look)
		if !ok {
			seen = false
			continue
		}
		u.servers[i] = &one.CPU
		pids = append(pids, s.members(look)...)
		if s.process != nil {
			sum += s.process.Spent(look) + s.process.Beside(look)
		}
	}
	if seen {
		slices.Sort(pids)
		all, _ := look.Use(slices.Compact(pids))
		u.all = sum + all.CPU
	}
	return u
}

// since returns the CPU time of all servers since an earlier moment, in seconds, or a
// negative number if it is unknown.
func (u usage) since(earlier usage) float64 {
	if u.all < 0 || earlier.all < 0 {
		return -1
	}
	return kin.Since(earlier.all, u.all)
}

// others returns the processes that belong to servers and that this program did not
// start: they are no foreign load.
func (r *runner) others() []int {
	look, err := kin.Take()
	if err != nil {
		return nil
	}
	var pids []int
	for _, s := range r.servers {
		pids = append(pids, s.members(look)...)
	}
	return pids
}

// readMemory reads the memory of a server of several processes. It is called once, after
// the window, because reading it stops the server for a moment.
func (m *monitor) readMemory() {
	look, err := kin.Take()
	if err != nil || m.processes < 2 {
		return
	}
	pids := m.server.members(look)
	bytes, unread := look.PSS(pids)
	switch {
	case unread > 0:
		m.warnings = append(m.warnings, fmt.Sprintf("server %s: the memory of %d of its %d processes cannot be read: if they belong to another user, run as root", m.server.Name, unread, len(pids)))
	case bytes > 0:
		m.pss = &bytes
	}
}
