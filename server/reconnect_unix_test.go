//go:build unix

package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// Clients that open a connection for each request never leave the server in peace. It
// stops all the same, long before the limit of its drain, and whoever got a connection
// gets an answer. Half of them end their side of the connection after the request, as
// `nc -N` does.
func TestReconnectingClientsLoseNoAnswer(t *testing.T) {
	stops := 24
	if testing.Short() {
		stops = 6
	}
	for i := range stops {
		t.Run(fmt.Sprintf("stop %d", i+1), func(t *testing.T) {
			t.Parallel()
			// A server that waited for quiet would wait for a quarter of ten minutes.
			command := exec.Command(os.Args[0], "-addr=127.0.0.1:0", "-pattern=naive", "-min-latency=1", "-max-latency=10", "-error-rate=0", "-shutdown-timeout=10m")
			command.Env = append(os.Environ(), beServer+"=1")
			stderr, err := command.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			hung := time.AfterFunc(time.Minute, func() { command.Process.Kill() })
			defer hung.Stop()
			addr, _, log := announced(t, stderr)

			const clients, before = 16, 100
			var answered atomic.Int64
			enough := make(chan struct{})
			var running sync.WaitGroup
			for client := range clients {
				running.Go(func() {
					if err := reconnect(addr, client%2 == 0, func() {
						if answered.Add(1) == before {
							close(enough)
						}
					}); err != nil {
						t.Errorf("client %d: %v", client, err)
					}
				})
			}
			<-enough
			if err := command.Process.Signal(syscall.SIGTERM); err != nil {
				t.Error(err)
			}
			running.Wait()
			text := log()
			if err := command.Wait(); err != nil || !strings.Contains(text, "msg=stopped") {
				t.Errorf("%v, log:\n%s", err, text)
			}
		})
	}
}

// reconnect asks over one connection after the other until none is to be had. Each that
// was opened has to give a complete answer.
func reconnect(addr string, halfClose bool, answered func()) error {
	for i := 0; ; i++ {
		connection, err := net.DialTimeout("tcp", addr, time.Minute)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return nil
		}
		if err != nil {
			return err
		}
		err = askOnce(connection.(*net.TCPConn), halfClose)
		connection.Close()
		if err != nil {
			return fmt.Errorf("request %d: %w", i, err)
		}
		answered()
	}
}

// askOnce wants a patient.
func askOnce(connection *net.TCPConn, halfClose bool) error {
	if _, err := io.WriteString(connection, "GET /api/v1/patients?id=P00042 HTTP/1.1\r\nHost: x\r\n\r\n"); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if halfClose {
		if err := connection.CloseWrite(); err != nil {
			return fmt.Errorf("close for writing: %w", err)
		}
	}
	response, err := finalResponse(bufio.NewReader(connection))
	if err != nil {
		return fmt.Errorf("read: %w", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), `"id":"P00042"`) {
		return fmt.Errorf("%s %s, %v", response.Status, body, err)
	}
	return nil
}

// finalResponse passes over what the server says while it works.
func finalResponse(lines *bufio.Reader) (*http.Response, error) {
	for {
		response, err := http.ReadResponse(lines, nil)
		if err != nil || response.StatusCode >= 200 {
			return response, err
		}
	}
}
