//go:build !linux

package process

// Usage is what a server's process group has used.
type Usage struct {
	CPU          float64 // seconds since the server started, user and system
	RSSBytes     uint64
	PeakRSSBytes uint64
	Threads      int
}

// Use returns false: only Linux tells what a process group uses.
func (p *Process) Use() (Usage, bool) { return Usage{}, false }
