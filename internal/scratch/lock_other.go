//go:build !unix

package scratch

import (
	"errors"
	"os"
)

// ownedByUser returns false, because ownership is not known: what a killed program left
// behind stays.
func ownedByUser(string) bool { return false }

// newLock makes no lock: this system has none that ends with its process.
func newLock(string) (*os.File, error) { return nil, nil }

// takeLock fails, so that no folder is ever taken for abandoned.
func takeLock(string) (*os.File, error) { return nil, errors.ErrUnsupported }
