package kin

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/procfs"
)

// listening is the state of a socket that waits for connections, in /proc/net/tcp.
const listening = 0x0a

// Owner is a process that holds a listening socket.
type Owner struct {
	// PID is the process id, and Name is what the system calls the program.
	PID  int
	Name string
}

// Owners returns the processes that listen on a port, on any address of this machine. It
// is empty if nobody does, and if the owner is a process of another user that may not be
// looked at, which some reports.
func (l *Look) Owners(port int) (owners []Owner, some bool) {
	sockets, err := l.sockets(port)
	if err != nil || len(sockets) == 0 {
		return nil, false
	}
	pids, _ := l.holders(sockets)
	for _, pid := range pids {
		owners = append(owners, Owner{pid, l.Name(pid)})
	}
	return owners, true
}

// listeners returns the processes that listen on a port, or why there are none.
func (l *Look) listeners(port int) ([]int, error) {
	sockets, err := l.sockets(port)
	if err != nil {
		return nil, err
	}
	if len(sockets) == 0 {
		return nil, errors.New("no process listens on that port: start it before the run, or correct the port")
	}
	pids, hidden := l.holders(sockets)
	switch {
	case len(pids) > 0:
		return pids, nil
	case hidden:
		return nil, errors.New("the process that listens belongs to another user: run as root, or name its unit, cgroup or pid_file")
	}
	return nil, errors.New("the process that listens is not on this machine's side of its network: name its unit, cgroup or pid_file")
}

// sockets returns the sockets that listen on a port, as links in /proc/PID/fd have them.
func (l *Look) sockets(port int) ([]string, error) {
	//lint:ignore SA1019 The socket tables in /proc need no privilege and no further module; netlink would be one.
	four, err := l.fs.NetTCP()
	if err != nil {
		return nil, fmt.Errorf("read the sockets of this machine: %w", err)
	}
	//lint:ignore SA1019 As above.
	six, err := l.fs.NetTCP6()
	if err != nil && !errors.Is(err, fs.ErrNotExist) { // a machine may have no IPv6
		return nil, fmt.Errorf("read the sockets of this machine: %w", err)
	}
	var all []string
	for _, table := range []procfs.NetTCP{four, six} {
		for _, s := range table {
			if s.St == listening && s.LocalPort == uint64(port) && s.Inode != 0 {
				all = append(all, "socket:["+strconv.FormatUint(s.Inode, 10)+"]")
			}
		}
	}
	return all, nil
}

// holders returns the processes that have one of the sockets open. hidden reports
// whether the files of some process may not be looked at.
func (l *Look) holders(sockets []string) (pids []int, hidden bool) {
	for pid := range l.stats {
		p, err := l.fs.Proc(pid)
		if err != nil {
			continue
		}
		targets, err := p.FileDescriptorTargets()
		if errors.Is(err, fs.ErrPermission) {
			hidden = true
			continue
		}
		if slices.ContainsFunc(targets, func(t string) bool { return strings.HasPrefix(t, "socket:") && slices.Contains(sockets, t) }) {
			pids = append(pids, pid)
		}
	}
	slices.Sort(pids)
	return pids, hidden
}
