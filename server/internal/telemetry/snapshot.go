package telemetry

import (
	"runtime"
	"runtime/debug"
	"time"
)

// Live is the state of parts that keep their own figures. It is read when somebody
// asks for metrics.
type Live struct {
	Pattern string // name of the pattern in its table
	Ready   bool   // false while the server drains

	Queued      int // requests waiting for their turn
	QueueCap    int // most that may wait at once
	Running     int // requests being worked on
	WorkerLimit int // 0 for no limit

	// These count objects of responses since the start; all are 0 for a pattern that
	// reuses none.
	ReuseGets, ReuseHits, ReuseMisses uint64

	// The state of the store's pool: connections, and queries that wait for one.
	// StoreConnsMax is 0 for no limit.
	StoreConnsInUse, StoreConnsIdle, StoreConnsMax, StoreWaiting int

	AuditLost uint64 // lines of the audit log that could not be written
}

// Snapshot is the JSON answer to GET /metrics. Durations are in seconds and sizes in
// bytes. Totals count from the start of the process.
type Snapshot struct {
	// Pattern is the name of the running pattern.
	Pattern string `json:"pattern"`
	Ready   bool   `json:"ready"` // false while the server drains
	// UptimeSeconds counts from the start of the recorder, which is that of the server.
	UptimeSeconds float64           `json:"uptime_seconds"`
	Requests      map[string]uint64 `json:"requests"`         // by outcome
	RequestsTotal uint64            `json:"requests_total"`   // sum of Requests
	InFlight      int               `json:"in_flight"`        // requests without an answer, now
	InFlightPeak  int               `json:"in_flight_peak"`   // most at once
	Panics        uint64            `json:"panics_total"`     // of handlers
	AuditLost     uint64            `json:"audit_lost_total"` // lines of the audit log that could not be written

	// Queue is the requests that wait for their turn: Depth is how many there are now,
	// and Capacity is how many there may be.
	Queue struct {
		Depth    int `json:"depth"`
		Capacity int `json:"capacity"`
	} `json:"queue"`
	// Workers is the requests being worked on: Busy is how many there are now, and Limit
	// is how many there may be, or 0 for no limit.
	Workers struct {
		Busy  int `json:"busy"`
		Limit int `json:"limit"`
	} `json:"workers"`
	// Goroutines is how many goroutines exist now, and the largest number seen so far.
	Goroutines struct {
		Count int `json:"count"`
		Peak  int `json:"peak"`
	} `json:"goroutines"`
	// Memory is what the Go runtime says of the memory. HeapBytes is the size of the
	// objects on the heap, and SysBytes is what the runtime took from the system. The
	// rest are totals: bytes and objects allocated on the heap, garbage collections, and
	// the time for which they stopped the program.
	Memory struct {
		HeapBytes       uint64  `json:"heap_bytes"`
		SysBytes        uint64  `json:"sys_bytes"`
		AllocBytesTotal uint64  `json:"alloc_bytes_total"`
		MallocsTotal    uint64  `json:"mallocs_total"`
		GCCycles        uint32  `json:"gc_cycles"`
		GCPauseSeconds  float64 `json:"gc_pause_seconds_total"`
	} `json:"memory"`
	// Reuse is how often a response object was requested (Gets), was there already
	// (Hits), and had to be made (Misses). All are 0 for a pattern that reuses none.
	Reuse struct {
		Gets   uint64 `json:"gets"`
		Hits   uint64 `json:"hits"`
		Misses uint64 `json:"misses"`
	} `json:"reuse"`
	// Store is the totals of queries and of those that failed, which exclude unknown
	// patients, and the pool's state now: connections that a query holds, open ones that
	// none holds, the limit, and the queries that wait for a connection.
	Store struct {
		Queries     uint64 `json:"queries"`
		Errors      uint64 `json:"errors"`
		ConnsInUse  int    `json:"connections_in_use"`
		ConnsIdle   int    `json:"connections_idle"`
		ConnsMax    int    `json:"connections_max"` // 0 for no limit
		ConnWaiting int    `json:"waiting"`
	} `json:"store"`
	// Build is the version of Go, the number of threads that may run Go code, and the
	// commit of the program. Revision is empty if the build did not record the commit.
	Build struct {
		Go         string `json:"go"`
		GOMAXPROCS int    `json:"gomaxprocs"`
		Revision   string `json:"revision,omitempty"`
	} `json:"build"`
}

// Snapshot collects all figures. It briefly stops the world to read those of the
// memory.
func (r *Recorder) Snapshot(live Live) Snapshot {
	var s Snapshot
	s.Pattern, s.Ready = live.Pattern, live.Ready
	s.UptimeSeconds = time.Since(r.started).Seconds()
	s.Requests = make(map[string]uint64, outcomes)
	for outcome := range outcomes {
		n := r.requests[outcome].Load()
		s.Requests[outcome.String()] = n
		s.RequestsTotal += n
	}
	s.InFlight, s.InFlightPeak = r.InFlight(), int(r.peakInFlight.Load())
	s.Panics, s.AuditLost = r.panics.Load(), live.AuditLost
	s.Queue.Depth, s.Queue.Capacity = live.Queued, live.QueueCap
	s.Workers.Busy, s.Workers.Limit = live.Running, live.WorkerLimit
	s.Goroutines.Count = r.SampleGoroutines()
	s.Goroutines.Peak = int(r.peakGoroutines.Load())

	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	s.Memory.HeapBytes, s.Memory.SysBytes = memory.HeapAlloc, memory.Sys
	s.Memory.AllocBytesTotal, s.Memory.MallocsTotal = memory.TotalAlloc, memory.Mallocs
	s.Memory.GCCycles, s.Memory.GCPauseSeconds = memory.NumGC, time.Duration(memory.PauseTotalNs).Seconds()

	s.Reuse.Gets, s.Reuse.Hits, s.Reuse.Misses = live.ReuseGets, live.ReuseHits, live.ReuseMisses
	s.Store.Queries, s.Store.Errors = r.storeQueries.Load(), r.storeErrors.Load()
	s.Store.ConnsInUse, s.Store.ConnsIdle = live.StoreConnsInUse, live.StoreConnsIdle
	s.Store.ConnsMax, s.Store.ConnWaiting = live.StoreConnsMax, live.StoreWaiting
	s.Build.Go, s.Build.GOMAXPROCS = runtime.Version(), runtime.GOMAXPROCS(0)
	s.Build.Revision = revision()
	return s
}

// revision is the commit that the program was built from; empty if the build did not
// record it.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			return setting.Value
		}
	}
	return ""
}
