package self

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// LoadCommand is the hidden command of the harness that Load stands behind.
const LoadCommand = "self-load"

// load is one attack of ours in a process of its own: open with a Rate, else
// closed, bounded by Requests or Duration. Certificates are not verified.
type load struct {
	URL         string        `json:"url"`
	CPUs        []int         `json:"cpus"`
	Connections int           `json:"connections"`
	Rate        float64       `json:"rate"`
	Requests    uint64        `json:"requests"`
	Duration    time.Duration `json:"duration_ns"`
	Timeout     time.Duration `json:"timeout_ns"` // 0: 10 s

	Targets int  `json:"targets,omitempty"` // named ones of a scenario; 0: one request, without a scenario
	Checked bool `json:"checked,omitempty"` // their answers are checked
	Flow    bool `json:"flow,omitempty"`    // they are the steps of a flow, and not drawn
	Extract bool `json:"extract,omitempty"` // the second step uses what the first one extracts
}

// loaded is what an attack gave, and took.
type loaded struct {
	Result *results.StreamResult `json:"result"`
	Wanted uint64                `json:"wanted"`         // slots of the schedule, or Requests; 0: as many as there is time for
	Peak   uint64                `json:"peak_rss_bytes"` // 0: unknown
	// Mallocs is the number of allocations during the load, and Took how long it
	// lasted, with the answers after its window.
	Mallocs uint64        `json:"mallocs"`
	Took    time.Duration `json:"took_ns"`
	Limited string        `json:"generator_limited"` // by what; empty: it was not
}

// Load makes the attack that text describes as JSON and writes its result. The
// process is first given its place by settle.
func Load(ctx context.Context, text string, settle func(host.Placement) error, out io.Writer) error {
	var l load
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return fmt.Errorf("%s: %w", LoadCommand, err)
	}
	place := host.Placement{Generator: l.CPUs}
	if err := settle(place); err != nil {
		return err
	}
	cfg, err := l.config()
	if err != nil {
		return err
	}
	a, err := attack.New(cfg)
	if err != nil {
		return err
	}
	if err := a.Connect(ctx); err != nil {
		return err
	}
	// The connections are open by now. What is counted from here on is what requests
	// cost.
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begin := time.Now()
	res, err := a.Run(ctx)
	if err != nil {
		return err
	}
	took := time.Since(begin)
	runtime.ReadMemStats(&after)
	health := a.Generator()
	return json.NewEncoder(out).Encode(loaded{
		Result: res, Wanted: l.wanted(cfg.Schedule), Peak: peakMemory(), Mallocs: after.Mallocs - before.Mallocs, Took: took, Limited: health.Limited(),
	})
}

// config is the attack that the load describes, without anything that a scenario would
// add.
func (l *load) config() (attack.Config, error) {
	cfg := attack.Config{
		Name: "self", URL: l.URL, Connections: l.Connections, Timeout: 10 * time.Second,
		Request: knownanswer.Get, Requests: l.Requests, Duration: l.Duration,
		// The server's certificate is made for one run and is nobody's secret.
		TLS: &tls.Config{InsecureSkipVerify: true},
	}
	if err := l.aim(&cfg); err != nil {
		return cfg, err
	}
	if l.Timeout > 0 {
		cfg.Timeout = l.Timeout
	}
	if l.Rate <= 0 {
		cfg.Clients = l.Connections
		return cfg, nil
	}
	var err error
	cfg.Schedule, err = schedule.New([]schedule.Stage{schedule.Flat(l.Rate, l.Duration)}, schedule.Constant, 1)
	return cfg, err
}

// wanted counts what is to be sent, apart from whoever sends it.
func (l *load) wanted(s *schedule.Schedule) (n uint64) {
	if s == nil {
		return l.Requests
	}
	slots := s.Clone()
	for _, more := slots.Next(); more; _, more = slots.Next() {
		n++
	}
	return n
}

// run makes the attack in a child.
func (b *Bench) run(ctx context.Context, l load) (res loaded, u used, err error) {
	l.CPUs = b.Servers.Generator
	text, err := json.Marshal(l)
	if err != nil {
		return res, u, fmt.Errorf("describe a load: %w", err)
	}
	out, u, err := execute(ctx, nil, b.Servers.Executable, LoadCommand, string(text))
	if err != nil {
		return res, u, err
	}
	if err := json.Unmarshal(out, &res); err != nil {
		return res, u, fmt.Errorf("read the result of %s: %w", LoadCommand, err)
	}
	return res, u, nil
}

// enter checks what must hold of every load that has a number of requests.
func (b *books) enter(l *loaded) {
	res := l.Result
	b.Sent, b.Wanted = b.Sent+res.Sent, b.Wanted+l.Wanted
	part := func(name string) float64 { return value(res.Part(name, results.OK).Mean) }
	whole := part(results.PartResponse)
	sum := part(results.PartLag) + part(results.PartConnWait) + part(results.PartService)
	if math.IsNaN(whole + sum) {
		return // a closed load, or one of which nothing was answered
	}
	b.Loads++
	b.Apart = max(b.Apart, math.Abs(sum/whole-1))
}

// partsApart bounds how far the mean response may be from the sum of its parts'
// means: each histogram keeps three digits.
const partsApart = 0.001

// booksSection has what must hold of every load, whatever its figures: a generator that
// loses a request or mixes up its clocks is wrong however fast it is.
func booksSection() section {
	return section{name: "books", has: func(f *Figures) bool { return f.Books.Wanted > 0 }, rows: func(f *Figures) []row {
		b := &f.Books
		all := []row{{
			what: "sent = scheduled", bar: "always", ours: fmt.Sprintf("%d of %d", b.Sent, b.Wanted), verdict: judge(b.Sent == b.Wanted),
		}}
		if b.Joined > 0 {
			all = append(all, row{
				what: "stamps in order, of the server too", bar: "always",
				ours: fmt.Sprintf("%d of %d are not", b.Impossible, b.Joined), verdict: judge(b.Impossible == 0),
			})
		}
		if b.Loads > 0 {
			all = append(all, row{
				what: "response = lag + conn-wait + service", bar: "always",
				ours: fmt.Sprintf("%.3f %% apart at most, of %d loads", 100*b.Apart, b.Loads), verdict: judge(b.Apart <= partsApart),
			})
		}
		return all
	}}
}
