//go:build unix

package main

import (
	"bufio"
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

	"github.com/assay-bench/assay/server/internal/pattern"
)

// A real process under load from many kept-alive connections gets SIGTERM:
// every request that was sent is answered, and the exit status is 0. The clients
// do what HTTP asks of them: after "Connection: close" they stop using it. The
// server leaves them more time for their next request than any machine takes.
func TestSIGTERMLosesNoAnswer(t *testing.T) {
	for _, spec := range pattern.Table() {
		t.Run("pattern="+spec.Name, func(t *testing.T) {
			t.Parallel()
			command := exec.Command(os.Args[0], "-addr=127.0.0.1:0", "-pattern="+spec.Name,
				"-min-latency=1", "-max-latency=10", "-error-rate=0", "-rate-limit=1e6", "-enqueue-timeout=1s", "-shutdown-quiet=3s")
			command.Env = append(os.Environ(), beServer+"=1")
			stderr, err := command.StderrPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := command.Start(); err != nil {
				t.Fatal(err)
			}
			addr, _, log := announced(t, stderr)

			const clients, before = 64, 300
			var answered atomic.Int64
			enough := make(chan struct{})
			var running sync.WaitGroup
			for client := range clients {
				running.Go(func() {
					if err := askUntilTold(addr, client, func() {
						if answered.Add(1) == before {
							close(enough)
						}
					}); err != nil {
						t.Errorf("client %d lost an answer: %v", client, err)
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

// askUntilTold sends requests over one connection, one after the other, until
// the server asks to close it.
func askUntilTold(addr string, client int, answered func()) error {
	connection, err := net.Dial("tcp", addr)
	if err != nil {
		return err
	}
	defer connection.Close()
	lines := bufio.NewReader(connection)
	for i := 0; ; i++ {
		id := fmt.Sprintf("P%05d", client*1000+i%1000)
		if _, err := fmt.Fprintf(connection, "GET /api/v1/patients?id=%s HTTP/1.1\r\nHost: x\r\n\r\n", id); err != nil {
			return fmt.Errorf("request %d: write: %w", i, err)
		}
		response, err := http.ReadResponse(lines, nil)
		if err != nil {
			return fmt.Errorf("request %d: read: %w", i, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil {
			return fmt.Errorf("request %d: read body: %w", i, err)
		}
		// A refusal is an answer too.
		if response.StatusCode == http.StatusOK && !strings.Contains(string(body), `"id":"`+id+`"`) {
			return fmt.Errorf("request %d for %s: %s", i, id, body)
		}
		answered()
		if response.Close {
			return nil
		}
	}
}
