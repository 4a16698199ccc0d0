//go:build !linux

package process

// Usage is what a server's process group has used.
type Usage struct {
	CPU          float64 // seconds since its start, user and system
	RSSBytes     uint64
	PeakRSSBytes uint64
	Threads      int
}

// Use knows nothing elsewhere than on Linux.
func (p *Process) Use() (Usage, bool) { return Usage{}, false }
