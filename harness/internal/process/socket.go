package process

import (
	"fmt"
	"path/filepath"

	"github.com/assay-bench/assay/harness/internal/reach"
	"github.com/assay-bench/assay/internal/scratch"
)

// socketPrefix begins the names of the folders of sockets.
const socketPrefix = "assay-socket-"

// Socket is a place at which a server may listen on a Unix domain socket: a file that is
// not there yet, in a new folder that only this user may enter. No other program can be in
// the way, and no other user can connect.
type Socket struct {
	Path   string // absolute
	folder *scratch.Folder
}

// NewSocket makes the place. It also removes those that killed programs have left behind.
func NewSocket() (*Socket, error) {
	scratch.Sweep(socketPrefix, nil)
	folder, err := scratch.Make(socketPrefix)
	if err != nil {
		return nil, fmt.Errorf("make a folder for a socket: %w", err)
	}
	s := &Socket{filepath.Join(folder.Path, "http"), folder}
	if n := len(s.Path); n > reach.LongestSocket {
		s.Remove()
		return nil, fmt.Errorf("the path of a socket would have %d bytes, and the system allows %d: %s: set TMPDIR to a folder with a shorter path", n, reach.LongestSocket, s.Path)
	}
	return s, nil
}

// Remove removes the socket with its folder, once the server has ended.
func (s *Socket) Remove() { s.folder.Discard() }
