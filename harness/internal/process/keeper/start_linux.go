package keeper

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"syscall"
)

// Kept is a command that runs under its keeper.
type Kept struct {
	PID    int // of the command
	Keeper int // the process whose descendants belong to the command

	// Ended is closed when the command has ended. Exit, Good and Left are valid then:
	// how it ended, whether with status 0, and how many processes that descend from it
	// went on.
	Ended <-chan struct{}
	Exit  string
	Good  bool
	Left  int

	// Gone is closed when the command and everything that descends from it have ended
	// and their output is complete. Stuck is valid then: the processes that could not
	// be ended, as "12 (name)".
	Gone  <-chan struct{}
	Stuck []string

	cmd    *exec.Cmd
	orders *os.File
}

// startError says why a command could not be started.
type startError struct {
	text    string
	missing bool
}

// Error returns what the keeper said.
func (e *startError) Error() string { return e.text }

// Is makes a program that is not there fs.ErrNotExist.
func (e *startError) Is(target error) bool { return e.missing && target == fs.ErrNotExist }

// Start starts a command, which is not started yet, under a keeper. run starts the
// keeper, for which it gets another exec.Cmd. Start waits until the command has started;
// the error is fs.ErrNotExist if there is no such program.
func Start(c *exec.Cmd, run func(*exec.Cmd) error) (*Kept, error) {
	if c.Err != nil {
		return nil, c.Err // the program was looked for and not found
	}
	reports, reporting, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start a keeper: %w", err)
	}
	ordered, orders, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("start a keeper: %w", errors.Join(err, reports.Close(), reporting.Close()))
	}
	// The file may have been replaced since this program started; this name still leads
	// to the one that runs.
	k := &Kept{orders: orders, cmd: &exec.Cmd{
		Path: "/proc/self/exe", Args: slices.Concat([]string{"assay-keeper", c.Path}, c.Args),
		Env: append(c.Environ(), variable+"=1"), Dir: c.Dir, Stdout: c.Stdout, Stderr: c.Stderr, WaitDelay: c.WaitDelay,
		ExtraFiles:  []*os.File{reporting, ordered},
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true}, // no signal of a terminal reaches it
	}}
	err = run(k.cmd)
	reporting.Close()
	ordered.Close()
	if err != nil {
		reports.Close()
		orders.Close()
		return nil, err
	}
	k.Keeper = k.cmd.Process.Pid
	events := json.NewDecoder(reports)
	var first event
	if err := events.Decode(&first); err != nil || first.PID == 0 {
		orders.Close()
		_ = k.cmd.Wait()
		reports.Close()
		if err != nil {
			return nil, fmt.Errorf("its keeper ended: %w", err)
		}
		return nil, &startError{first.Failed, first.Missing}
	}
	k.PID = first.PID
	ended, gone := make(chan struct{}), make(chan struct{})
	k.Ended, k.Gone = ended, gone
	go func() {
		defer reports.Close()
		k.follow(events, ended, gone)
	}()
	return k, nil
}

// follow reads what the keeper tells until it has ended. The end of a command that left
// nothing counts once its output is complete.
func (k *Kept) follow(events *json.Decoder, ended, gone chan struct{}) {
	var e event
	for events.Decode(&e) == nil {
		k.Stuck = append(k.Stuck, e.Stuck...)
		if e.Exit != "" {
			k.Exit, k.Good, k.Left = e.Exit, e.Good, e.Left
			if k.Left > 0 {
				close(ended)
			}
		}
		e = event{}
	}
	_ = k.cmd.Wait()
	k.orders.Close()
	if k.Exit == "" {
		k.Exit = "killed with its keeper"
	}
	if k.Left == 0 {
		close(ended)
	}
	close(gone)
}

// Signal asks the command and its group to end. What the command has left when it ends
// gets the signal then. Everything that is gone needs no signal, and no error is told.
func (k *Kept) Signal(s syscall.Signal) { fmt.Fprintln(k.orders, int(s)) }

// End kills the command and everything that descends from it. Gone tells when that is
// done.
func (k *Kept) End() { fmt.Fprintln(k.orders, orderEnd) }
