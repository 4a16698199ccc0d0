package knownanswer

import (
	"context"
	"time"

	"github.com/assay-bench/assay/harness/internal/attack"
	"github.com/assay-bench/assay/harness/internal/host"
)

// Cost is what a request costs the generator at full speed.
type Cost struct {
	Requests   uint64   `json:"requests"`                // sent in all
	Rate       float64  `json:"requests_per_second"`     // answers per second
	CPU        *float64 `json:"cpu_seconds_per_request"` // null if it cannot be read
	ServerCPU  float64  `json:"-"`                       // CPU seconds; negative if unknown
	Connection int      `json:"connections"`             // clients, each with a connection
}

// MeasureCost runs a closed load against a child that answers at once.
func MeasureCost(ctx context.Context, p Place, connections int, d time.Duration) (*Cost, error) {
	child, err := Start(ctx, p, Behaviour{})
	if err != nil {
		return nil, err
	}
	defer child.Stop()
	a, err := attack.New(attack.Config{
		Name: "cost", URL: child.URL, Clients: connections, Connections: connections,
		Duration: d, Timeout: timeout, Request: Get,
	})
	if err != nil {
		return nil, err
	}
	if err := a.Connect(ctx); err != nil {
		return nil, err
	}
	watch, begin := host.Begin(host.Placement{}), time.Now()
	res, err := a.Run(ctx)
	if err != nil {
		return nil, err
	}
	elapsed := time.Since(begin).Seconds()
	c := &Cost{Requests: res.Sent, Rate: res.Throughput, ServerCPU: child.CPU(), Connection: connections}
	if share := watch.End(-1, 0).Generator; share != nil && res.Sent > 0 {
		v := *share * elapsed / float64(res.Sent)
		c.CPU = &v
	}
	return c, nil
}
