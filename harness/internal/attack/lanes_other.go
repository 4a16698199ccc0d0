//go:build !linux

package attack

import (
	"errors"
	"net/url"
)

const haveLanes = false

// Lanes are what the fast transport runs in where the system has epoll. Here there
// are none.
type Lanes struct{}

// NewLanes opens nothing here, and the fast transport goes request by request.
func NewLanes(int) (*Lanes, error) { return nil, nil }

// Close does nothing.
func (*Lanes) Close() {}

// Count is 0.
func (*Lanes) Count() int { return 0 }

func newLaned(*Attack, *url.URL) (engine, error) {
	return nil, errors.New("attack: no lanes on this system")
}

// AnswerStamps says whose stamps the fast transport has of answers, as a bundle
// tells it: its own, of when they were read.
func AnswerStamps() string { return "" }
