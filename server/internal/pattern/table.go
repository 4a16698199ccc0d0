package pattern

import (
	"slices"
	"strings"
)

// Spec is one line of the table: a pattern, and what a reader must know about it.
type Spec struct {
	// Name is the value of the flag -pattern.
	Name    string
	Bounds  string               // what the pattern limits
	Refuses string               // what the pattern refuses, and how
	Reuses  bool                 // whether the caller should reuse the objects of a request
	New     func(Config) Pattern // starts the pattern, which its caller has to close
}

// table has one line for every pattern.
var table = []Spec{
	{"naive", "nothing: a new goroutine for every request", "nothing", false, newNaive},
	{"workerpool", "work that runs (-workers) and waits (-queue-size)", "503 when the queue is full", false, newWorkerPool},
	{"optimized", "as workerpool, and reuses responses and buffers", "503 when the queue is full", true, newWorkerPool},
	{"semaphore", "as workerpool, without a hand-off between goroutines", "503 when too many wait", false, newSemaphore},
	{"ratelimit", "starts per second (-rate-limit, -rate-burst)", "429 when the bucket is empty", false, newRateLimit},
	{"adaptive", "work that runs, by a limit that follows latency", "503 at the limit", false, newAdaptive},
}

// Table returns the list of patterns.
func Table() []Spec { return slices.Clone(table) }

// Find returns the pattern with the name. It returns false if there is none.
func Find(name string) (Spec, bool) {
	i := slices.IndexFunc(table, func(s Spec) bool { return s.Name == name })
	if i < 0 {
		return Spec{}, false
	}
	return table[i], true
}

// Names lists the names of the patterns, separated by commas, in the order of the
// table.
func Names() string {
	names := make([]string, len(table))
	for i, s := range table {
		names[i] = s.Name
	}
	return strings.Join(names, ", ")
}
