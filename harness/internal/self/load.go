package self

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/knownanswer"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// LoadCommand is the hidden command of the harness that calls Load.
const LoadCommand = "self-load"

// load describes one attack by Assay in a separate process. It is open if it has a
// Rate, otherwise closed, and bounded by Requests or Duration.
type load struct {
	URL         string        `json:"url"`
	CPUs        []int         `json:"cpus"`
	Connections int           `json:"connections"`
	Rate        float64       `json:"rate"`
	Requests    uint64        `json:"requests"`
	Duration    time.Duration `json:"duration_ns"`
}

// loaded is the result of an attack, and what it used.
type loaded struct {
	Result *results.StreamResult `json:"result"`
	Peak   uint64                `json:"peak_rss_bytes"` // 0 if unknown
}

// Load makes the attack that text describes as JSON, and writes its result to out.
// It calls settle first, to move the process to its CPUs.
func Load(ctx context.Context, text string, settle func(host.Placement) error, out io.Writer) error {
	var l load
	if err := json.Unmarshal([]byte(text), &l); err != nil {
		return fmt.Errorf("%s: %w", LoadCommand, err)
	}
	place := host.Placement{Generator: l.CPUs}
	if err := settle(place); err != nil {
		return err
	}
	cfg := attack.Config{
		Name: "self", URL: l.URL, Connections: l.Connections, Timeout: 10 * time.Second,
		Request: knownanswer.Get, Requests: l.Requests, Duration: l.Duration,
	}
	if l.Rate > 0 {
		s, err := schedule.New([]schedule.Stage{schedule.Flat(l.Rate, l.Duration)}, schedule.Constant, 1)
		if err != nil {
			return err
		}
		cfg.Schedule = s
	} else {
		cfg.Clients = l.Connections
	}
	a, err := attack.New(cfg)
	if err != nil {
		return err
	}
	if err := a.Connect(ctx); err != nil {
		return err
	}
	res, err := a.Run(ctx)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(loaded{res, peakMemory()})
}

// run makes the attack in a child process.
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
