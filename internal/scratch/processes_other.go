//go:build !linux

package scratch

// endProcesses does nothing: there is no way to find the processes.
func endProcesses(string) error { return nil }
