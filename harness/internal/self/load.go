package self

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/assay-bench/assay/harness/internal/answer"
	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
	"github.com/assay-bench/assay/harness/internal/schedule"
	"github.com/assay-bench/assay/results"
)

// LoadCommand is the hidden command of the harness that Load stands behind.
const LoadCommand = "self-load"

// load is one attack of ours in a process of its own: open with a Rate, else
// closed, bounded by Requests or Duration.
type load struct {
	URL         string        `json:"url"`
	CPUs        []int         `json:"cpus"`
	Connections int           `json:"connections"`
	Rate        float64       `json:"rate"`
	Requests    uint64        `json:"requests"`
	Duration    time.Duration `json:"duration_ns"`
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
	place.SetProcs(l.Rate > 0)
	cfg := attack.Config{
		Name: "self", URL: l.URL, Connections: l.Connections, Timeout: 10 * time.Second,
		Request: answer.Get, Requests: l.Requests, Duration: l.Duration,
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
	return json.NewEncoder(out).Encode(res)
}

// run makes the attack in a child and returns its result.
func (b *Bench) run(ctx context.Context, l load) (*results.StreamResult, used, error) {
	l.CPUs = b.Servers.Generator
	text, err := json.Marshal(l)
	if err != nil {
		return nil, used{}, fmt.Errorf("describe a load: %w", err)
	}
	out, u, err := execute(ctx, nil, b.Servers.Executable, LoadCommand, string(text))
	if err != nil {
		return nil, used{}, err
	}
	res := new(results.StreamResult)
	if err := json.Unmarshal(out, res); err != nil {
		return nil, used{}, fmt.Errorf("read the result of %s: %w", LoadCommand, err)
	}
	return res, u, nil
}
