package work

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"

	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/results"
)

// workerHeader names the worker that sends a request: a random text that it chose.
const workerHeader = "Assay-Worker"

// Largest sizes of messages, in bytes. The result of a load holds its histograms, which
// take about ten kilobytes for every second and target.
const (
	mostSmall    = 1 << 20
	mostSamples  = 64 << 20
	mostLoad     = 256 << 20
	mostShipment = 1 << 30
)

// hello is the first message of a worker.
type hello struct {
	// Seat is the name of the seat that the worker takes.
	Seat    string
	Node    string       // what the engine calls the host; empty: it does not say
	Build   string       // as Build returns it
	Address string       // of this end of the connection: where other hosts may reach the worker's
	Facts   results.Host // of the worker's machine
}

// Shipment is what the scenarios of a run need on other hosts.
type Shipment struct {
	Paths       []string          // of the scenario files, on the host of the coordinator
	Files       map[string][]byte // by absolute path there
	Secrets     map[string]string // by name
	AllowRemote []string          // hosts beyond loopback that may be loaded
	Quick       bool              // with --quick: few blocks, short windows
	Dir         string            // folder in which the run was started
}

// welcome is the answer to hello.
type welcome struct {
	// Role is that of the seat, as in package results. Shipment has the scenarios.
	Role      string
	Shipment  *Shipment
	Placement *host.Placement // of a worker on the coordinator's own machine; else nil
}

// order is what a worker is to do. Its result has the same number.
type order struct {
	// ID counts from 1. Do is a step of a trial, or one of the words below. Body is its
	// argument, and may be empty.
	ID   uint64
	Do   string
	Body json.RawMessage
}

// What a worker is told to do, besides the steps of a trial.
const (
	doCancel = "cancel" // the order whose number is in the body
	doEnd    = "end"    // the run is over
)

// result is what came of an order. It failed if Error is not empty.
type result struct {
	Error string
	Void  bool            // the error makes the trial void
	Body  json.RawMessage // what the step returned, as JSON
}

// Build identifies this program: the SHA-256 of its file.
func Build() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("find this program: %w", err)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("read this program: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", fmt.Errorf("read this program: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// decode reads a message of at most so many bytes.
func decode(r io.Reader, most int64, into any) error {
	limited := &io.LimitedReader{R: r, N: most + 1}
	d := json.NewDecoder(limited)
	err := d.Decode(into)
	if limited.N <= 0 {
		return fmt.Errorf("the message has more than %d bytes", most)
	}
	return err
}

// reply answers a request with a message.
func reply(w http.ResponseWriter, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data) // the other end notices what it does not get
}
