package keeper

import "syscall"

// variable is set in the environment of a keeper, and taken from that of the server.
const variable = "ASSAY_KEEPER"

// The files of a keeper beside the first three. A keeper writes an event for every line
// to reportFile. It reads an order for every line from orderFile; the end of that file
// is the end of the program that started the keeper.
const (
	reportFile = 3
	orderFile  = 4
)

// orderEnd is the order to kill everything. Every other order is the number of a signal.
const orderEnd = "end"

// event is what a keeper tells. The first event is that the command has started, or why
// it could not.
type event struct {
	PID     int    `json:"pid,omitempty"`     // of the command, which has started
	Failed  string `json:"failed,omitempty"`  // why the command could not be started
	Missing bool   `json:"missing,omitempty"` // with Failed: there is no such program

	// Exit is how the command ended, Good whether with status 0, and Left how many
	// processes that descend from it went on.
	Exit string `json:"exit,omitempty"`
	Good bool   `json:"good,omitempty"`
	Left int    `json:"left,omitempty"`

	// Stuck are processes that could not be killed, as "12 (name)".
	Stuck []string `json:"stuck,omitempty"`
}

// exitText says how a process ended in the words of package os.
func exitText(s syscall.WaitStatus) string {
	if s.Signaled() {
		text := "signal: " + s.Signal().String()
		if s.CoreDump() {
			text += " (core dumped)"
		}
		return text
	}
	return "exit status " + itoa(s.ExitStatus())
}
