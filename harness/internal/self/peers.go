package self

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// path is what every tool asks for.
const path = "/api/v1/patients?id=P12345"

// vegetaReport is what of `vegeta report -type=json` is compared.
type vegetaReport struct {
	Latencies struct {
		P50 float64 `json:"50th"` // ns
		P95 float64 `json:"95th"`
		P99 float64 `json:"99th"`
		Max float64 `json:"max"`
	} `json:"latencies"`
}

// vegeta attacks with vegeta's own program, with as many workers and connections as the
// other tools have connections. A rate of 0 is a closed loop: vegeta has none, but a rate
// without a limit over a fixed number of workers is one, because each sends its next
// request after its answer.
//
// Under an open load the number has to be fixed as well. With vegeta's own settings a
// worker is added whenever none is free, and on one CPU the dialling of their
// connections can keep the schedule from ever being met: at 5,000/s between a few
// hundred and all requests of 1.5 s came.
func (b *Bench) vegeta(ctx context.Context, url string, rate float64, d time.Duration) (u used, err error) {
	n := fmt.Sprint(connections)
	return b.vegetaInto(ctx, os.DevNull, url, rate, d, "-workers", n, "-max-workers", n, "-connections", n)
}

// vegetaInto writes vegeta's results to a file. More holds more of vegeta's flags.
func (b *Bench) vegetaInto(ctx context.Context, file, url string, rate float64, d time.Duration, more ...string) (u used, err error) {
	args := []string{"attack", "-output", file, "-duration", d.String(), "-rate", fmt.Sprintf("%.0f/1s", rate), "-http2=false", "-insecure"}
	_, u, err = execute(ctx, strings.NewReader("GET "+url+path+"\n"), b.Vegeta, append(args, more...)...)
	return u, err
}

// vegetaReport attacks with vegeta, and lets it report.
func (b *Bench) vegetaReport(ctx context.Context, url string, rate float64, d time.Duration) (*vegetaReport, error) {
	dir, err := os.MkdirTemp("", "assay-self-")
	if err != nil {
		return nil, fmt.Errorf("keep vegeta's results: %w", err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "results.bin")
	if _, err := b.vegetaInto(ctx, file, url, rate, d); err != nil {
		return nil, err
	}
	// vegeta reports in a process of its own, whose CPU time is not the attack's.
	text, _, err := execute(ctx, nil, b.Vegeta, "report", "-type=json", file)
	if err != nil {
		return nil, err
	}
	r := new(vegetaReport)
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("read vegeta's report: %w", err)
	}
	return r, nil
}

// wrk attacks with wrk, which knows closed loops only. It returns wrk's requests per
// second.
func (b *Bench) wrk(ctx context.Context, url string, d time.Duration) (rate float64, u used, err error) {
	out, u, err := execute(ctx, nil, b.Wrk, "-t1", fmt.Sprintf("-c%d", connections), fmt.Sprintf("-d%.0fs", d.Seconds()), url+path)
	if err != nil {
		return 0, u, err
	}
	rate, err = wrkRate(string(out))
	return rate, u, err
}

var (
	wrkLine   = regexp.MustCompile(`(?m)^Requests/sec:\s+([0-9.]+)`)
	wrkErrors = regexp.MustCompile(`(?m)^\s*Socket errors:.*$`)
)

// wrkRate reads what wrk printed. One that had answers other than 2xx or 3xx, or
// broken connections, did not do what the others did; answers that took longer than
// wrk's two seconds came all the same.
func wrkRate(text string) (float64, error) {
	errs := wrkErrors.FindString(text)
	if strings.Contains(text, "Non-2xx or 3xx responses") || errs != "" && !strings.Contains(errs, "connect 0, read 0, write 0") {
		return 0, fmt.Errorf("wrk reports a problem:\n%s", text)
	}
	m := wrkLine.FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("wrk tells no rate:\n%s", text)
	}
	return strconv.ParseFloat(m[1], 64)
}
