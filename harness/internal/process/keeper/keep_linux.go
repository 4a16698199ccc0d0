package keeper

import (
	"bufio"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"runtime/debug"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// patience is how long a keeper tries to kill what descends from it. A process inside a
// system call may take a while to end.
const patience = 10 * time.Second

// A process that was started as a keeper is one from its first moment: whatever else the
// program does when it starts would only take time.
func init() {
	if os.Getenv(variable) == "" {
		return
	}
	os.Unsetenv(variable)
	// Nothing is left to flush, and a program that was built to detect races would take
	// a second to end.
	syscall.Exit(keep())
}

// keeper is the state of a keeper process.
type keeper struct {
	report   *json.Encoder
	leader   int           // the command
	orders   chan string   // closed when the program that started the keeper has ended
	ended    chan event    // has the end of the command
	gone     chan struct{} // closed when no child is left
	stopping syscall.Signal
}

// keep starts the command in the arguments and keeps what descends from it until all of
// it has ended. Its result is the exit status.
func keep() int {
	debug.SetGCPercent(-1) // there is no garbage worth the CPU time
	syscall.CloseOnExec(reportFile)
	syscall.CloseOnExec(orderFile)
	k := &keeper{
		report: json.NewEncoder(os.NewFile(reportFile, "report")),
		orders: make(chan string), ended: make(chan event, 1), gone: make(chan struct{}),
	}
	if err := k.start(os.Args[1], os.Args[2:]); err != nil {
		missing := errors.Is(err, fs.ErrNotExist)
		_ = k.report.Encode(event{Failed: err.Error(), Missing: missing})
		return 1
	}
	_ = k.report.Encode(event{PID: k.leader})
	go k.reap()
	go k.listen()
	return k.serve()
}

// start starts the command in a group of its own. It dies with the keeper. The caller
// is on the main thread, whose end is that of the keeper.
func (k *keeper) start(path string, args []string) error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return err
	}
	c := &exec.Cmd{
		Path: path, Args: args, Stdout: os.Stdout, Stderr: os.Stderr,
		SysProcAttr: &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL},
	}
	if err := c.Start(); err != nil {
		return err
	}
	k.leader = c.Process.Pid
	return nil
}

// reap waits for every child. The command's end is told with the number of processes
// that are left; those that have ended at the same time are no longer.
func (k *keeper) reap() {
	defer close(k.gone)
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			return // there is no child
		case pid == k.leader:
			k.ended <- event{Exit: exitText(status), Good: status.ExitStatus() == 0, Left: len(descendants(os.Getpid()))}
		}
	}
}

// listen reads the orders.
func (k *keeper) listen() {
	defer close(k.orders)
	for in := bufio.NewScanner(os.NewFile(orderFile, "orders")); in.Scan(); {
		k.orders <- in.Text()
	}
}

// serve obeys the orders until nothing is left. Its result is the exit status.
func (k *keeper) serve() int {
	for {
		select {
		case order, ok := <-k.orders:
			if !ok || order == orderEnd {
				return k.end()
			}
			n, _ := strconv.Atoi(order)
			k.stopping = syscall.Signal(n)
			k.signal()
		case e := <-k.ended:
			k.tell(e)
		case <-k.gone:
			return k.finish()
		}
	}
}

// finish tells the end of the command, if it is not told yet. Nothing is left.
func (k *keeper) finish() int {
	select {
	case e := <-k.ended:
		k.tell(e)
	default:
	}
	return 0
}

// tell tells the end of the command. If the command was asked to end, so is what it has
// left: a wrapper may end without a word to the server that it started.
func (k *keeper) tell(e event) {
	k.leader = 0
	_ = k.report.Encode(e)
	if k.stopping != 0 {
		k.signal()
	}
}

// signal asks the command to end, with its group, or what it has left.
func (k *keeper) signal() {
	if k.leader != 0 {
		_ = syscall.Kill(-k.leader, k.stopping)
		return
	}
	for _, p := range descendants(os.Getpid()) {
		_ = syscall.Kill(p.pid, k.stopping)
	}
}

// end kills everything, also what is started meanwhile. Its result is the exit status.
func (k *keeper) end() int {
	deadline := time.Now().Add(patience)
	for {
		left := descendants(os.Getpid())
		for _, p := range left {
			_ = syscall.Kill(p.pid, syscall.SIGKILL)
		}
		if time.Now().After(deadline) {
			var stuck []string
			for _, p := range left {
				stuck = append(stuck, itoa(p.pid)+" ("+p.name+")")
			}
			_ = k.report.Encode(event{Stuck: stuck})
			return 1
		}
		again := time.NewTimer(5 * time.Millisecond)
		select {
		case e := <-k.ended:
			k.tell(e)
		case <-k.gone:
			again.Stop()
			return k.finish()
		case <-again.C:
		}
		again.Stop()
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
