//go:build !unix

package scratch

import (
	"errors"
	"os"
)

// mine is never sure: what a killed program left stays where it is.
func mine(string) bool { return false }

func newLock(string) (*os.File, error) { return nil, nil }

func takeLock(string) (*os.File, error) { return nil, errors.ErrUnsupported }
