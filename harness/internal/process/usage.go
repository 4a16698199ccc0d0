package process

import (
	"slices"

	"github.com/assay-bench/assay/harness/internal/process/kin"
)

// Use returns what the server has used, with everything that belongs to it, and false if
// nothing of it is left or it cannot be seen.
func (p *Process) Use() (kin.Usage, bool) {
	look, err := kin.Take()
	if err != nil {
		return kin.Usage{}, false
	}
	u, ok := look.Use(p.Members(look))
	u.CPU += p.Spent(look)
	return u, ok
}

// Members returns the processes of the server: what descends from its command, or is in
// its container.
func (p *Process) Members(look *kin.Look) []int {
	if p.container != nil {
		return p.container.members(look)
	}
	return look.Below(p.kept.Keeper)
}

// Started returns all processes that descend from the server's command. Those of a
// container may be others.
func (p *Process) Started(look *kin.Look) []int { return look.Below(p.kept.Keeper) }

// Contained reports whether the server is in a container.
func (p *Process) Contained() bool { return p.container != nil }

// Spent returns the CPU time, in seconds, of what belongs to the server and has ended.
// That of a container is in its first process.
func (p *Process) Spent(look *kin.Look) float64 {
	if p.container != nil {
		return 0
	}
	return look.Waited(p.kept.Keeper)
}

// Beside returns the CPU time, in seconds, of what the harness started for the server
// and is not the server: the client and the monitor of its container.
func (p *Process) Beside(look *kin.Look) float64 {
	if p.container == nil {
		return 0
	}
	members := p.container.members(look)
	rest := slices.DeleteFunc(look.Below(p.kept.Keeper), func(pid int) bool { return slices.Contains(members, pid) })
	u, _ := look.Use(rest)
	// The monitor waits for the container's processes, whose time counts when they end.
	return u.CPU + look.Waited(p.kept.Keeper)
}
