package store

import (
	"io"
	"net"
	"sync"
	"testing"
)

// proxy stands between a store and its database, so that a test can take the
// database away and bring it back at the same address.
type proxy struct {
	t       *testing.T
	target  string
	address string
	running sync.WaitGroup

	mu       sync.Mutex
	listener net.Listener // nil while the database is away
	ends     map[net.Conn]struct{}
	silent   bool // passes nothing on, as a network that drops packets
}

func newProxy(t *testing.T, target string) *proxy {
	p := &proxy{t: t, target: target, address: "127.0.0.1:0", ends: map[net.Conn]struct{}{}}
	p.up()
	t.Cleanup(func() { p.down(); p.running.Wait() })
	return p
}

// up makes the database reachable.
func (p *proxy) up() {
	p.t.Helper()
	listener, err := net.Listen("tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.address, p.listener, p.silent = listener.Addr().String(), listener, false
	p.mu.Unlock()
	p.running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return // the listener was closed
			}
			p.serve(client)
		}
	})
}

// down breaks all connections and refuses new ones.
func (p *proxy) down() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener != nil {
		p.listener.Close()
		p.listener = nil
	}
	for end := range p.ends {
		end.Close()
	}
	clear(p.ends)
}

// hush keeps connections and accepts new ones, but passes nothing on.
func (p *proxy) hush() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.silent = true
}

func (p *proxy) hushed() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.silent
}

// hold keeps a connection until the database goes away; false if it has gone.
func (p *proxy) hold(end net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.listener == nil {
		end.Close()
		return false
	}
	p.ends[end] = struct{}{}
	return true
}

func (p *proxy) serve(client net.Conn) {
	if !p.hold(client) || p.hushed() {
		return
	}
	database, err := net.Dial("tcp", p.target)
	if err != nil {
		client.Close()
		return
	}
	if !p.hold(database) {
		return
	}
	p.running.Go(func() { p.pass(client, database) })
	p.running.Go(func() { p.pass(database, client) })
}

// pass copies until an end closes, and closes the other.
func (p *proxy) pass(from, to net.Conn) {
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if p.hushed() {
			_, _ = io.Copy(io.Discard, from) // until it is closed
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
