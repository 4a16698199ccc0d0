// Package reach keeps connections on this machine, except those to a host that the user
// has named with --allow-remote.
//
// Package scenario checks the hosts of all URLs before anything starts. That is not enough:
// a server may answer with a redirection to another host, and the system may give any
// address to a name, even to localhost. This package checks the address that is really
// dialled. Everything that connects to a server of a scenario dials with it.
package reach

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"syscall"
)

// Dialer opens connections for one server. Its deadline and its time-out may be set.
type Dialer struct {
	net.Dialer
	host   string // of the server
	local  bool   // the host is this machine: only its own addresses may be dialled
	socket string // file of the socket that the server listens on; empty: an address
}

// Error says that a connection was refused, because it would have left the machine.
type Error struct{ why string }

// Error says which host was to be dialled, and what to do about it.
func (e *Error) Error() string { return e.why }

// For returns a dialer for a server whose URL has been checked: its host is this machine,
// or one that the user has named. If url cannot be read, nothing but loopback is reached.
func For(raw string) *Dialer {
	if file := SocketFile(raw); file != "" {
		return &Dialer{host: SocketHost, local: true, socket: file}
	}
	u, err := url.Parse(raw)
	if err != nil {
		return Host("localhost")
	}
	return Host(u.Hostname())
}

// Host returns a dialer for a server on a host that has been checked.
func Host(name string) *Dialer {
	d := &Dialer{host: name, local: Local(name)}
	if d.local {
		d.ControlContext = onlyLoopback(name)
	}
	return d
}

// Local reports whether host is this machine by its name or its address, on any network.
// Other names are not looked up, because what they mean can change at any time.
func Local(host string) bool {
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return strings.EqualFold(host, "localhost")
}

// DialContext connects to an address. The error is an *Error if the address is neither on
// loopback nor that of the dialer's host. For a server on a socket, the usual ports of
// SocketHost are the socket, whatever the network; another port of this machine is itself.
func (d *Dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if strings.EqualFold(host, d.host) {
		if d.socket != "" && (port == "80" || port == "443") {
			return d.Dialer.DialContext(ctx, "unix", d.socket)
		}
		if d.socket == "" {
			return d.Dialer.DialContext(ctx, network, address)
		}
	}
	if !Local(host) {
		return nil, &Error{fmt.Sprintf("host %s is not on loopback and was not asked for (the server's host is %s): name the final host in the scenario, and allow it with --allow-remote", host, d.host)}
	}
	near := d.Dialer
	near.ControlContext = onlyLoopback(host)
	return near.DialContext(ctx, network, address)
}

// onlyLoopback returns a check of the address that a name has turned out to mean. The
// system calls it before it connects.
func onlyLoopback(host string) func(context.Context, string, string, syscall.RawConn) error {
	return func(_ context.Context, _, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil {
			return &Error{fmt.Sprintf("%s means %s on this machine, which is no address on loopback", host, address)}
		}
		if ip := at.Addr().Unmap(); !ip.IsLoopback() {
			return &Error{fmt.Sprintf("%s means %s on this machine, which is not on loopback: if that is the server, write this address and allow it with --allow-remote %[2]s", host, ip)}
		}
		return nil
	}
}
