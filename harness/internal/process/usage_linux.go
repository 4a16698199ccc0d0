package process

import "github.com/assay-bench/assay/harness/internal/process/kin"

// Use returns what the server has used, with everything that descends from its command,
// and false if nothing of it is left.
func (p *Process) Use() (kin.Usage, bool) {
	look, err := kin.Take()
	if err != nil {
		return kin.Usage{}, false
	}
	u, ok := look.Use(look.Below(p.kept.Keeper))
	u.CPU += look.Waited(p.kept.Keeper) // of those that have ended
	return u, ok
}
