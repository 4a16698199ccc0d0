//go:build !linux

package attack

import (
	"errors"
	"net/url"
)

const haveLanes = false

// Lanes are the lanes of the fast transport on systems with epoll. On this system there are
// none.
type Lanes struct{}

// NewLanes opens nothing on this system: the fast transport works request by request.
func NewLanes(int) (*Lanes, error) { return nil, nil }

// Close does nothing.
func (*Lanes) Close() {}

// Count returns 0.
func (*Lanes) Count() int { return 0 }

// newLaned fails: lanes need epoll.
func newLaned(*Attack, *url.URL, string) (engine, error) {
	return nil, errors.New("attack: no lanes on this system")
}

// AnswerStamps returns how the fast transport stamps answers, in the words of a bundle. On
// this system it stamps them when it reads them, which is "".
func AnswerStamps() string { return "" }
