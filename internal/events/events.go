// Package events lets one program watch what another one does, by a file that gets a
// line for each step. Variable names the file; without it nothing is written. What a
// run measured is not here: that is in its bundle.
package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Variable is the variable of the environment that names the file.
const Variable = "ASSAY_EVENTS"

// Kinds of events.
const (
	MicroBlock = "micro-block" // a block of Go benchmarks begins
	MicroEnd   = "micro-end"   // the Go benchmarks have ended, or were given up
)

// Event is one line of the file, in JSON.
type Event struct {
	Kind   string `json:"event"`
	Block  int    `json:"block,omitempty"`  // counted from 1
	Blocks int    `json:"blocks,omitempty"` // how many there will be
}

// Write adds an event to the file, if the environment names one.
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

// Last is the newest whole event of a file; the zero event if there is none.
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
