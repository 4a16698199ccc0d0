//go:build !linux

package kin

// Look is all processes of the machine at one moment.
type Look struct{}

// Take returns ErrUnseen.
func Take() (*Look, error) { return nil, ErrUnseen }

// Below returns nothing.
func (*Look) Below(...int) []int { return nil }

// With returns nothing.
func (*Look) With([]int) []int { return nil }

// Use returns false.
func (*Look) Use([]int) (Usage, bool) { return Usage{}, false }

// Waited returns 0.
func (*Look) Waited(int) float64 { return 0 }

// Name returns "".
func (*Look) Name(int) string { return "" }

// PSS returns nothing.
func (*Look) PSS([]int) (uint64, int) { return 0, 0 }

// Find returns ErrUnseen.
func (*Look) Find(Selector) (*Group, error) { return nil, ErrUnseen }

// Members returns nothing.
func (*Group) Members(*Look) []int { return nil }

// Owner is a process that holds a listening socket.
type Owner struct {
	// PID is the process id, and Name is what the system calls the program.
	PID  int
	Name string
}

// Owners returns nothing.
func (*Look) Owners(int) ([]Owner, bool) { return nil, false }
