package explain

import "strings"

// group is what a stack was busy with. Most functions of the runtime mean nothing to
// readers; their sum over what they do for the program does.
type group uint8

// The groups. A stack is in exactly one of them.
const (
	inProgram group = iota // the code of the program and its libraries
	inCollector
	inAllocator
	inScheduler
	inNetwork
	inSystem
	inSerialisation
	groups // their number
)

// String returns the name under which the group is shown.
func (g group) String() string {
	return [groups]string{"program", "collector", "allocator", "scheduler", "network", "system calls", "serialisation"}[g]
}

// runtime reports whether the group can be a cause by itself: no function of the
// program stands for it.
func (g group) runtime() bool { return g == inCollector || g == inAllocator || g == inScheduler }

// class is what the name of a function says of the stacks that it is in.
type class struct {
	group    group // inProgram: nothing
	runtime  bool  // the function belongs to the runtime, and is never named by itself
	anywhere bool  // the group holds wherever in the stack the function is
}

// prefixes tell what packages and functions do, the first that fits.
var prefixes = []struct {
	group    group
	anywhere bool
	names    []string
}{
	{inCollector, true, []string{
		"runtime.gcBgMarkWorker", "runtime.gcAssistAlloc", "runtime.bgsweep", "runtime.bgscavenge", "runtime.gcStart", "runtime.gcMark",
		"runtime.gcDrain", "runtime.gcSweep", "runtime.gcFlushBgCredit", "runtime.wbBufFlush", "runtime.deductSweepCredit", "runtime.runfinq", "runtime.runFinalizers",
		"runtime.(*gcWork)", "runtime.(*sweepLocked)", "runtime.(*mspan).sweep", "runtime.scanobject", "runtime.greyobject",
	}},
	{inAllocator, false, []string{
		"runtime.mallocgc", "runtime.newobject", "runtime.makeslice", "runtime.growslice", "runtime.(*mcache)", "runtime.(*mcentral)", "runtime.(*mheap)",
		"runtime.newarray", "runtime.rawbyteslice", "runtime.rawstring",
	}},
	{inScheduler, false, []string{
		"runtime.schedule", "runtime.findRunnable", "runtime.mcall", "runtime.park_m", "runtime.gopark", "runtime.goready", "runtime.ready",
		"runtime.wakep", "runtime.startm", "runtime.stopm", "runtime.sysmon", "runtime.mstart", "runtime.gosched", "runtime.newproc", "runtime.goexit0",
		"runtime.lock2", "runtime.unlock2", "runtime.futex", "runtime.checkTimers", "runtime.notesleep", "runtime.notewakeup", "runtime.osyield",
		"runtime.semacquire", "runtime.semrelease", "runtime.chansend", "runtime.chanrecv", "runtime.selectgo", "runtime.exitsyscall", "runtime.gdestroy",
	}},
	{inNetwork, false, []string{"internal/poll.", "net.", "runtime.netpoll", "crypto/tls."}},
	{inSystem, false, []string{"syscall.", "internal/runtime/syscall", "runtime/internal/syscall", "golang.org/x/sys/"}},
	{inSerialisation, false, []string{
		"encoding/", "google.golang.org/protobuf", "github.com/golang/protobuf", "github.com/gogo/protobuf", "github.com/goccy/go-json", "github.com/json-iterator",
		"github.com/bytedance/sonic", "github.com/mailru/easyjson", "github.com/segmentio/encoding", "gopkg.in/yaml", "github.com/vmihailenco/msgpack",
	}},
}

// classify returns what the name of a function says.
func classify(name string) class {
	c := class{runtime: strings.HasPrefix(name, "runtime.") || strings.HasPrefix(name, "internal/runtime/") || strings.HasPrefix(name, "runtime/internal/")}
	for _, p := range prefixes {
		for _, prefix := range p.names {
			if strings.HasPrefix(name, prefix) {
				c.group, c.anywhere = p.group, p.anywhere
				return c
			}
		}
	}
	return c
}

// groupOf returns the group of a stack, whose functions are given from the innermost
// one. The collector counts wherever it is: what it does for an allocation is its work.
// Otherwise the function decides that is the innermost of those that say something,
// except that a system call says less than the network that makes it.
func groupOf(stack []class) group {
	found := inProgram
	for _, c := range stack {
		switch {
		case c.anywhere:
			return c.group
		case c.group == inProgram:
		case found == inProgram, found == inSystem && c.group == inNetwork:
			found = c.group
		}
	}
	return found
}
