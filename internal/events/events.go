// Package events lets one program watch the steps of another: the program that is
// watched appends a line to a file for each step. The environment variable Variable
// names the file; without it nothing is written. Measurements are not in the file,
// but in the bundle.
package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Variable is the environment variable that names the file.
const Variable = "ASSAY_EVENTS"

// Kinds of events.
const (
	MicroBlock = "micro-block" // a block of Go benchmarks is starting
	MicroEnd   = "micro-end"   // the Go benchmarks have finished or failed
)

// Event is one line of the file, in JSON.
type Event struct {
	Kind   string `json:"event"`            // one of the kinds above
	Block  int    `json:"block,omitempty"`  // counted from 1
	Blocks int    `json:"blocks,omitempty"` // number of blocks in the end
}

// Write appends an event to the file, if the environment names one.
func Write(e Event) error {
	path := os.Getenv(Variable)
	if path == "" {
		return nil
	}
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fmt.Errorf("write to the file that %s names: %w", Variable, err)
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// Last returns the last complete event of a file, or the zero event if there is
// none.
func Last(path string) (Event, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return Event{}, nil
		}
		return Event{}, err
	}
	text = text[:bytes.LastIndexByte(text, '\n')+1]
	text = bytes.TrimSuffix(text, []byte("\n"))
	line := text[bytes.LastIndexByte(text, '\n')+1:]
	if len(line) == 0 {
		return Event{}, nil
	}
	var e Event
	if err := json.Unmarshal(line, &e); err != nil {
		return Event{}, fmt.Errorf("%s: %w", path, err)
	}
	return e, nil
}
