//go:build !linux

package process

import "github.com/assay-bench/assay/harness/internal/process/kin"

// Use returns false: only Linux tells what the processes of a server use.
func (p *Process) Use() (kin.Usage, bool) { return kin.Usage{}, false }
