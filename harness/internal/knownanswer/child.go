package knownanswer

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/process"
)

// Place says how to start children, and on which CPUs they run.
type Place struct {
	Executable string // a program with the command ServeCommand
	host.Placement
}

// Child is a server with a known behaviour, in a separate process.
type Child struct {
	URL       string // without a path
	behaviour Behaviour
	process   *process.Process
}

// Start starts a child and waits until it answers.
func Start(ctx context.Context, p Place, b Behaviour) (*Child, error) {
	port, err := process.FreePort()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("describe the server's behaviour: %w", err)
	}
	addr := fmt.Sprintf("127.0.0.1:%d", port)
	url := "http://" + addr
	proc, err := process.Start(ctx, process.Spec{
		Name: "known answer", Command: []string{p.Executable, ServeCommand, addr, string(text)}, CPUs: p.Server,
		Ready: url + readyPath, ReadyTimeout: 10 * time.Second,
		// The child has nothing to save, and no request of a load is left.
		StopSignal: "KILL", StopTimeout: 5 * time.Second,
	})
	if err != nil {
		return nil, err
	}
	return &Child{url, b, proc}, nil
}

// Stop ends the child.
func (c *Child) Stop() { c.process.Stop() }

// CPU returns the CPU time that the child has used, in seconds, or a negative number
// if it is unknown.
func (c *Child) CPU() float64 {
	if u, ok := c.process.Use(); ok {
		return u.CPU
	}
	return -1
}

// Count returns how many requests of loads have come since the child started.
func (c *Child) Count(ctx context.Context) (uint64, error) {
	text, _, err := c.get(ctx, countPath)
	if err != nil {
		return 0, err
	}
	n, err := strconv.ParseUint(string(text), 10, 64)
	if err != nil {
		return 0, fmt.Errorf("ask the server for its count: %w", err)
	}
	return n, nil
}

// stamps fetches the stamps made since the last call, and the moment at which the
// first stall began.
func (c *Child) stamps(ctx context.Context) (all map[uint64]stamp, epoch int64, err error) {
	text, header, err := c.get(ctx, stampsPath)
	if err != nil {
		return nil, 0, err
	}
	if epoch, err = strconv.ParseInt(header.Get(epochHeader), 10, 64); err != nil {
		return nil, 0, fmt.Errorf("ask the server for its stamps: epoch: %w", err)
	}
	all, err = readStamps(bytes.NewReader(text))
	return all, epoch, err
}

// get asks the child on a connection of its own, so that those of the load stay as they
// are.
func (c *Child) get(ctx context.Context, path string) ([]byte, http.Header, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+path, nil)
	if err != nil {
		return nil, nil, err
	}
	req.Close = true
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, nil, fmt.Errorf("ask the server: %w", err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		return nil, nil, fmt.Errorf("ask the server: %s: %w", path, err)
	}
	return text, resp.Header, nil
}

// Lateness returns, for every numbered request, how late it came, in seconds: its
// distance from a constant schedule, compared with that of the earliest request.
// Nothing is required of the generator except that it numbers its requests from 0 in
// the order of the schedule, so that any generator can be compared.
func (c *Child) Lateness(ctx context.Context, rate float64) ([]float64, error) {
	all, _, err := c.stamps(ctx)
	if err != nil {
		return nil, err
	}
	var late []float64
	first := math.Inf(1)
	var zero int64
	for seq, s := range all {
		if zero == 0 {
			zero = s.received
		}
		d := float64(s.received-zero)/1e9 - float64(seq)/rate
		late = append(late, d)
		first = min(first, d)
	}
	for i := range late {
		late[i] -= first
	}
	return late, nil
}
