package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// builtIn is a running built-in server.
type builtIn struct {
	c       *exec.Cmd
	address string
	log     string // file
}

// startServer starts the built-in server and waits until it answers. Its own errors on
// purpose are off: a row could not tell them from those of bad input. The port is one
// that was free a moment ago, which another program could take; the server then ends,
// and the row says that it never answered. The server stays until end is called.
func (l *lab) startServer(ctx context.Context, args ...string) (*builtIn, error) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &builtIn{address: free.Addr().String()}
	free.Close()
	dir := l.folder()
	s.log = filepath.Join(dir, "log")
	log, err := os.Create(s.log)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	s.c = l.program(dir, l.server, append([]string{"-addr=" + s.address, "-error-rate=0"}, args...)...)
	s.c.Stdout, s.c.Stderr = log, log
	if err := s.c.Start(); err != nil {
		return nil, err
	}
	if !await(ctx, func() bool { return s.healthy() == nil }) {
		s.end()
		return nil, errors.New("the server never answered")
	}
	return s, nil
}

// end stops the server and waits for it. A server that ignores the signal is killed at
// last, and the error then says so.
func (s *builtIn) end() error {
	_ = s.c.Process.Signal(syscall.SIGTERM)
	hung := time.AfterFunc(limit, func() { s.c.Process.Kill() })
	defer hung.Stop()
	return s.c.Wait()
}

// client opens a connection for each request, and waits long on a busy machine.
var client = &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// healthy returns an error unless the server answers its health check with 200.
func (s *builtIn) healthy() error {
	r, err := client.Get("http://" + s.address + "/health")
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return fmt.Errorf("health answers %d", r.StatusCode)
	}
	return nil
}

// memory is what the server has resident, in bytes; 0 if it is gone. The second field of
// statm is in pages.
func (s *builtIn) memory() int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/statm", s.c.Process.Pid))
	f := strings.Fields(string(text))
	if len(f) < 2 {
		return 0
	}
	pages, _ := strconv.ParseInt(f[1], 10, 64)
	return pages * int64(os.Getpagesize())
}
