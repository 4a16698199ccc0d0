package self

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// path is the path that every tool requests in the cost test.
const path = "/api/v1/patients?id=P12345"

// vegetaReport is the part of `vegeta report -type=json` that is compared.
type vegetaReport struct {
	Latencies struct {
		P50 float64 `json:"50th"` // ns
		P95 float64 `json:"95th"`
		P99 float64 `json:"99th"`
		Max float64 `json:"max"`
	} `json:"latencies"`
}

// vegeta attacks with vegeta's own program, and has it report the result. A rate of
// 0 is a closed loop. vegeta returns the report, and what the attack and the report
// used.
func (b *Bench) vegeta(ctx context.Context, url string, rate float64, workers int, d time.Duration) (r *vegetaReport, u [2]used, err error) {
	dir, err := os.MkdirTemp("", "assay-self-")
	if err != nil {
		return nil, u, fmt.Errorf("keep vegeta's results: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "results.bin")
	args := []string{"attack", "-output", file, "-duration", d.String(), "-rate", fmt.Sprintf("%.0f/1s", rate)}
	if rate == 0 {
		n := fmt.Sprint(workers)
		args = append(args, "-workers", n, "-max-workers", n, "-connections", n)
	}
	if _, u[0], err = execute(ctx, strings.NewReader("GET "+url+path+"\n"), b.Vegeta, args...); err != nil {
		return nil, u, err
	}
	var text []byte
	if text, u[1], err = execute(ctx, nil, b.Vegeta, "report", "-type=json", file); err != nil {
		return nil, u, err
	}
	r = new(vegetaReport)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, u, fmt.Errorf("read vegeta's report: %w", err)
	}
	return r, u, nil
}

// wrk attacks with wrk, which only has closed loops.
func (b *Bench) wrk(ctx context.Context, url string, connections int, d time.Duration) (used, error) {
	_, u, err := execute(ctx, nil, b.Wrk, "-t1", fmt.Sprintf("-c%d", connections), fmt.Sprintf("-d%.0fs", d.Seconds()), url+path)
	return u, err
}
